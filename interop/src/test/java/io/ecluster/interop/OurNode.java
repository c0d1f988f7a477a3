package io.ecluster.interop;

import io.ecluster.adder.AddEvent;
import io.ecluster.adder.KuboMatrix;
import io.ecluster.ipfs.embedded.EmbeddedIpfsNode;
import io.ecluster.ipfs.embedded.EmbeddedIpfsSettings;
import io.ecluster.ipfs.embedded.SwarmView;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.DagWalker;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The IPFS node of a daemon, on loopback, as the daemon puts it together. */
final class OurNode implements AutoCloseable {
  private final Libp2pHost host;
  private final EmbeddedIpfsNode node;

  private OurNode(Libp2pHost host, EmbeddedIpfsNode node) {
    this.host = host;
    this.node = node;
  }

  /** Starts one; {@code number} makes its identity. */
  static OurNode start(Path folder, int number, Optional<String> swarmKey) {
    HostConfig open =
        HostConfig.of(FakeNetwork.identity(number))
            .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    try {
      Libp2pHost host =
          Libp2pHost.create(
              swarmKey.map(key -> open.withSecret(PreSharedKey.parse(key))).orElse(open));
      EmbeddedIpfsNode node =
          EmbeddedIpfsNode.open(
              folder,
              EmbeddedIpfsSettings.defaults(),
              SwarmView.of(host),
              local -> new Bitswap(host, local));
      host.start();
      return new OurNode(host, node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  EmbeddedIpfsNode ipfs() {
    return node;
  }

  Libp2pHost host() {
    return host;
  }

  Multiaddr address() {
    return node.id().addresses().getFirst();
  }

  /** Adds as the adder does, and gives the CIDs by name. */
  Map<String, AddEvent> add(KuboMatrix.Case add) {
    return add.importTo(block -> node.put(List.of(block)));
  }

  private byte[] local(Cid cid) {
    return node.getLocal(cid).orElseThrow(() -> new BlockNotFoundException(cid, "not stored"));
  }

  /** A file, read from the own store alone. */
  byte[] read(Cid root) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ((UnixFsFile) UnixFsNode.open(root, this::local)).writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** How many blocks a DAG has in the own store, and their bytes. */
  Size size(Cid root) {
    AtomicLong blocks = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    new DagWalker(this::local)
        .forEachBlock(
            root,
            (Block block) -> {
              blocks.incrementAndGet();
              bytes.addAndGet(block.size());
            });
    return new Size(blocks.get(), bytes.get());
  }

  /** Of a DAG, each block counted once. */
  record Size(long blocks, long bytes) {}

  @Override
  public void close() {
    node.close();
    host.close();
  }
}
