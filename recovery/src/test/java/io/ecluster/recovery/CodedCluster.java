package io.ecluster.recovery;

import io.ecluster.allocator.Promises;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.PeerSettings;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.cluster.TestCluster;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodingId;
import io.ecluster.erasure.GroupEntry;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.GroupSink;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestWriter;
import io.ecluster.erasure.ShardNode;
import io.ecluster.erasure.Stripe;
import io.ecluster.erasure.StripeAssembler;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockSink;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A cluster in one JVM with coded files on it: real calls, trackers and readers over hosts and
 * stores in memory.
 */
public final class CodedCluster implements AutoCloseable {
  public static final int DATA = 4;
  public static final int PARITY = 2;
  public static final CodeParameters CODE = new CodeParameters(DATA, PARITY, 64 * 1024, 256 * 1024);

  private static final Duration SOON = Duration.ofSeconds(20);

  /** A dead peer's connection is gone, and that is told at once; a busy machine may be slow. */
  private static final Duration PING_PATIENCE = Duration.ofSeconds(10);

  public final TestCluster cluster;
  private long seed = 1;

  public CodedCluster(int peers) {
    this(peers, UnaryOperator.identity());
  }

  public CodedCluster(int peers, UnaryOperator<PeerSettings> settings) {
    cluster = TestCluster.of(peers, settings);
  }

  private CodedCluster(int peers, int goPeers) {
    cluster = TestCluster.of(peers, goPeers, UnaryOperator.identity());
  }

  /** So many peers of ours first, and then others that know our methods as little as Go's do. */
  static CodedCluster withGoPeers(int peers, int goPeers) {
    return new CodedCluster(peers, goPeers);
  }

  /** A coded file. */
  record CodedFile(Cid root, byte[] bytes, Manifest manifest, List<GroupNode> groups) {
    Cid shard(int group, int column) {
      return manifest.groups().get(group).shards().get(column).orElseThrow();
    }
  }

  public TestPeer peer(int index) {
    return cluster.peer(index);
  }

  /** Adds random bytes, column c of every group on peer c. */
  CodedFile add(int size) {
    return add(size, (group, column) -> peer(column));
  }

  CodedFile add(int size, BiFunction<Integer, Integer, TestPeer> placement) {
    byte[] bytes = new byte[size];
    SplittableRandom random = new SplittableRandom(seed++);
    random.nextBytes(bytes);
    byte[] id = new byte[CodingId.BYTES];
    random.nextBytes(id);
    return new Adding(CodingId.of(id), placement).add(bytes);
  }

  /** Makes a DAG: gives its blocks, children first. */
  @FunctionalInterface
  interface Dag {
    Imported make(BlockSink sink) throws IOException;
  }

  /** Adds any DAG, column c of every group on peer c. The bytes of the result are empty. */
  CodedFile addDag(Dag dag) {
    byte[] id = new byte[CodingId.BYTES];
    new SplittableRandom(seed++).nextBytes(id);
    return new Adding(CodingId.of(id), (_, column) -> peer(column)).add(new byte[0], dag);
  }

  private final class Adding implements GroupSink {
    private final CodingId coding;
    private final BiFunction<Integer, Integer, TestPeer> placement;
    private final List<GroupNode> groups = new ArrayList<>();
    private final List<GroupEntry> entries = new ArrayList<>();
    private final List<PinChange> pins = new ArrayList<>();
    private final CodedPinFactory factory;

    Adding(CodingId coding, BiFunction<Integer, Integer, TestPeer> placement) {
      this.coding = coding;
      this.placement = placement;
      this.factory =
          new CodedPinFactory(
              coding.toString(),
              CODE.shardSize(),
              DATA,
              PARITY,
              PinOptions.NONE.withName("file"),
              cluster.time);
    }

    CodedFile add(byte[] bytes) {
      ImportOptions options =
          ImportOptions.DEFAULT.withRawLeaves(true).withChunking(Chunking.parse("size-16384"));
      return add(
          bytes, sink -> new FileImporter().add(new ByteArrayInputStream(bytes), options, sink));
    }

    CodedFile add(byte[] bytes, Dag dag) {
      StripeAssembler assembler = new StripeAssembler(coding, CODE, this);
      Cid root;
      try {
        root = dag.make(assembler::put).root();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      assembler.finish();
      Manifest manifest = new Manifest(coding, root, bytes.length, CODE, entries);
      List<Block> blocks = ManifestWriter.write(manifest);
      cluster.peers.forEach(peer -> peer.store.put(blocks));
      Cid manifestRoot = blocks.getLast().cid();
      pins.add(new PinChange.Put(factory.clusterDag(manifestRoot, root)));
      pins.add(new PinChange.Put(factory.meta(root, manifestRoot)));
      peer(0).consensus.commit(pins);
      awaitAll();
      return new CodedFile(root, bytes, manifest, groups);
    }

    @Override
    public void stripe(Stripe stripe) {
      for (int column = 0; column < DATA + PARITY; column++) {
        placement.apply(stripe.group(), column).store.put(stripe.carried(column));
      }
    }

    @Override
    public void groupClosed(GroupNode group, List<ShardNode> shards) {
      groups.add(group);
      entries.add(GroupEntry.of(group, shards));
      for (ShardNode shard : shards) {
        TestPeer holder = placement.apply(group.index(), shard.column());
        shard
            .groupNode()
            .ifPresent(cid -> holder.store.put(List.of(new Block(cid, group.toBlock().data()))));
        holder.store.put(List.of(shard.toBlock()));
        Cid cid = shard.toBlock().cid();
        pins.add(new PinChange.Put(factory.shard(cid, group.index(), shard.column(), holder.id())));
      }
    }
  }

  /** Waits until each live peer has pinned what it is to hold. */
  public void awaitAll() {
    PeerBlocks blocks = new PeerBlocks(peer(0).rpc, Thread::sleep); // waits for Go peers
    for (TestPeer peer : cluster.peers) {
      try (Stream<Pin> pins = peer(0).consensus.state().list()) {
        pins.filter(pin -> pin.allocatedTo(peer.id()))
            .forEach(pin -> blocks.awaitPinned(peer.id(), List.of(pin.cid()), SOON));
      }
    }
  }

  /** Who is there, as a peer sees it: metrics last, pings do not. */
  public Peers peers(TestPeer self) {
    return new Peers() {
      @Override
      public PeerId self() {
        return self.id();
      }

      @Override
      public List<PeerId> live() {
        return self.cluster.members();
      }

      @Override
      public boolean answers(PeerId peer) {
        return answers(peer, PING_PATIENCE);
      }

      @Override
      public boolean answers(PeerId peer, Duration patience) {
        try {
          return peer.equals(self.id()) || !self.host.ping(peer, patience).isNegative();
        } catch (IOException e) {
          return false;
        }
      }
    };
  }

  RecoveryParts parts(TestPeer self) {
    return parts(self, self.rpc);
  }

  RecoveryParts parts(TestPeer self, Rpc rpc) {
    return parts(self, rpc, new Promises(cluster.time, Promises.STANDARD_MEMORY));
  }

  RecoveryParts parts(TestPeer self, Rpc rpc, Promises promises) {
    return new RecoveryParts(
        self.consensus,
        self.ipfs,
        rpc,
        new PeerBlocks(rpc, Thread::sleep),
        peers(self),
        self.cluster::livePeers,
        promises,
        Duration.ofSeconds(5),
        cluster.time);
  }

  public EcRecovery recovery(TestPeer self) {
    return new EcRecovery(parts(self));
  }

  /** What a repair of everything says. */
  List<GroupReport> repair(TestPeer self, boolean dryRun, boolean verify) {
    List<GroupReport> reports = new ArrayList<>();
    recovery(self).run(Optional.empty(), dryRun, verify, reports::add);
    return reports;
  }

  public CodedReader reader(TestPeer self, BiConsumer<Cid, Integer> degraded) {
    return new CodedReader(readingParts(self, degraded));
  }

  CodedReader.Parts readingParts(TestPeer self, BiConsumer<Cid, Integer> degraded) {
    return new CodedReader.Parts(
        self.consensus.state(),
        self.ipfs,
        self.rpc,
        self.blocks,
        peers(self),
        Duration.ofSeconds(1),
        degraded);
  }

  public byte[] read(TestPeer self, Cid root) {
    return read(self, root, (_, _) -> {});
  }

  public byte[] read(TestPeer self, Cid root, BiConsumer<Cid, Integer> degraded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Content content = reader(self, degraded).open(root)) {
      content.writeTo(out, 0, content.fileSize().orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  PeerId holder(CodedFile file, int group, int column) {
    return living()
        .getFirst()
        .consensus
        .state()
        .get(file.shard(group, column))
        .orElseThrow()
        .allocations()
        .getFirst();
  }

  List<PeerId> holders(CodedFile file, int group) {
    List<PeerId> holders = new ArrayList<>();
    for (int column = 0; column < DATA + PARITY; column++) {
      if (file.manifest().groups().get(group).shards().get(column).isPresent()) {
        holders.add(holder(file, group, column));
      }
    }
    return holders;
  }

  public TestPeer of(PeerId id) {
    return cluster.peers.stream().filter(peer -> peer.id().equals(id)).findFirst().orElseThrow();
  }

  /** Its process dies; others notice when they ask it. */
  public void kill(TestPeer peer) {
    peer.close();
    dead.add(peer.id());
  }

  private final List<PeerId> dead = new java.util.concurrent.CopyOnWriteArrayList<>();

  /** Those that were not killed. */
  public List<TestPeer> living() {
    return cluster.peers.stream().filter(p -> !dead.contains(p.id())).toList();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
