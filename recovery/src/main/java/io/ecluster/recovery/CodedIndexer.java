package io.ecluster.recovery;

import io.ecluster.core.cluster.Sleeper;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.state.DatastoreException;
import io.ecluster.core.state.PinState;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupNode;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index of coded blocks in step with the pinset, on a thread of its own that rests
 * between groups. It acts on news, and looks at the whole pinset when it starts, when there were
 * too many news, and now and then. Broken off, it goes on with the groups that are missing. A
 * coding whose nodes cannot be had now is tried again later.
 */
public final class CodedIndexer implements AutoCloseable {
  /** When dead entries are this part of all, and this many at least, they are cleared away. */
  private static final int DEAD_PART = 4;

  private static final long LEAST_DEAD = 10_000;

  private static final int DELETED_AT_ONCE = 1_000;

  /** Codings that are dropped in one round. */
  private static final int MAX_DROPPED = 10_000;

  /** Codings that are begun with in one round. */
  private static final int MAX_ADDED = 10_000;

  /** Groups of one coding that are asked for in vain in one round. */
  private static final int MAX_MISSED = 100;

  /** How often to look whether the index was found damaged. */
  private static final Duration CHECK = Duration.ofSeconds(5);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(CodedIndexer.class);

  /**
   * Times.
   *
   * @param rest between two groups, so that a large pinset does not take a processor for long
   * @param retry after which codings that could not be indexed are tried again; doubles up to
   *     {@code round}
   * @param round between two looks at the whole pinset
   */
  public record Pace(Duration rest, Duration retry, Duration round) {
    public static final Pace STANDARD =
        new Pace(Duration.ofMillis(10), Duration.ofSeconds(15), Duration.ofHours(1));
  }

  private final CodedIndex index;
  private final PinState state;
  private final ManifestReader manifests;
  private final CodedPinNews news;
  private final Consumer<Collection<Cid>> indexed;
  private final Sleeper sleeper;
  private final Pace pace;
  private final Thread thread;
  private long roundDue = System.nanoTime();
  private Duration retry;

  /** Whether something could not be indexed since this was set to false. */
  private boolean missed;

  private CodedIndexer(
      CodedIndex index,
      ClusterBlocks blocks,
      CodedPinNews news,
      Consumer<Collection<Cid>> indexed,
      Sleeper sleeper,
      Pace pace) {
    this.index = index;
    this.state = blocks.parts().state();
    this.manifests = blocks.manifests();
    this.news = news;
    this.indexed = indexed;
    this.sleeper = sleeper;
    this.pace = pace;
    this.retry = pace.retry();
    this.thread = Thread.ofVirtual().name("coded-indexer").unstarted(this::run);
  }

  /**
   * Starts the thread, which runs until this is closed.
   *
   * @param news told of changes by the consensus
   * @param indexed told of the blocks of each group that came into the index, by their raw CIDs
   * @param sleeper {@code Thread::sleep} outside of tests
   */
  public static CodedIndexer start(
      CodedIndex index,
      ClusterBlocks blocks,
      CodedPinNews news,
      Consumer<Collection<Cid>> indexed,
      Sleeper sleeper,
      Pace pace) {
    CodedIndexer indexer = new CodedIndexer(index, blocks, news, indexed, sleeper, pace);
    indexer.thread.start();
    return indexer;
  }

  private void run() {
    try {
      while (true) {
        long patience = Math.min(CHECK.toNanos(), Math.max(0, roundDue - System.nanoTime()));
        CodedPinNews.Changes changes = news.take(Duration.ofNanos(patience));
        boolean all = changes.all() || index.isBroken() || System.nanoTime() - roundDue >= 0;
        if (all || !changes.cids().isEmpty()) {
          act(changes.cids(), all);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the index of coded blocks is no longer kept");
    }
  }

  private void act(List<Cid> changed, boolean all) throws InterruptedException {
    missed = false;
    follow(changed, all);
    if (all) {
      retry = missed ? longer(retry) : pace.retry();
      roundDue = System.nanoTime() + (missed ? retry : pace.round()).toNanos();
    } else if (missed) {
      retry = pace.retry();
      roundDue = Math.min(roundDue, System.nanoTime() + retry.toNanos());
    }
  }

  private Duration longer(Duration time) {
    Duration doubled = time.multipliedBy(2);
    return doubled.compareTo(pace.round()) < 0 ? doubled : pace.round();
  }

  private void follow(List<Cid> changed, boolean all) throws InterruptedException {
    try {
      if (index.isBroken()) {
        index.reset();
      }
      for (Cid cid : changed) {
        follow(cid);
      }
      if (all) {
        round();
      }
      clearAway();
    } catch (DatastoreException.DiskFull e) {
      missed = true;
      LOG.warn("blocks of some codings are not found by their CIDs: {}", e.getMessage());
    } catch (DatastoreException e) {
      missed = true;
      LOG.warn("the index of coded blocks is made anew: {}", e.getMessage());
      index.reset();
    } catch (RuntimeException e) {
      missed = true;
      LOG.warn("the index of coded blocks is not complete: {}", e.toString());
    }
  }

  /** Looks at the whole pinset, and at the whole list of codings. */
  private void round() throws InterruptedException {
    List<CodedIndex.Known> gone = new ArrayList<>();
    index.forEach(coding -> {
      if (gone.size() < MAX_DROPPED && !isWanted(coding)) {
        gone.add(coding);
      }
    });
    missed |= gone.size() == MAX_DROPPED;
    gone.forEach(index::drop);
    List<Cid> absent = absent();
    missed |= absent.size() == MAX_ADDED;
    for (Cid root : absent) {
      follow(root);
    }
  }

  /** Coded roots that are not, or not wholly, in the index. */
  private List<Cid> absent() {
    if (index.isFull()) {
      return List.of();
    }
    try (Stream<Pin> pins = state.list()) {
      return pins.filter(pin -> pin.type() == PinType.META)
          .filter(pin -> pin.reference().filter(coding -> !index.complete(coding)).isPresent())
          .map(Pin::cid)
          .limit(MAX_ADDED)
          .toList();
    }
  }

  /** Does what the pin of a CID asks for now. */
  private void follow(Cid root) throws InterruptedException {
    index.of(root).stream().filter(coding -> !isWanted(coding)).forEach(index::drop);
    Optional<Cid> wanted = wanted(root);
    if (wanted.isPresent() && !index.isFull() && !index.complete(wanted.get())) {
      add(root, wanted.get());
    }
  }

  private boolean isWanted(CodedIndex.Known coding) {
    return wanted(coding.root()).equals(Optional.of(coding.manifest()));
  }

  /** The manifest that a root is pinned with. */
  private Optional<Cid> wanted(Cid root) {
    return state.get(root).filter(pin -> pin.type() == PinType.META).flatMap(Pin::reference);
  }

  private void add(Cid root, Cid manifestRoot) throws InterruptedException {
    try {
      Manifest manifest = manifests.read(manifestRoot);
      addGroups(manifest, index.begin(root, manifestRoot, manifest.groups().size()));
    } catch (BlockNotFoundException | FormatException e) {
      missed = true;
      LOG.debug("blocks of {} are not in the index: {}", root, e.getMessage());
    }
  }

  private void addGroups(Manifest manifest, CodedIndex.Known begun) throws InterruptedException {
    CodedIndex.Known coding = begun;
    int absent = 0;
    for (int number = 0; number < coding.groups() && absent < MAX_MISSED; number++) {
      if (!index.has(coding, number)) {
        Optional<GroupNode> group = group(manifest, number);
        if (group.isPresent()) {
          Optional<CodedIndex.Known> more = index.add(coding, group.get());
          if (more.isEmpty()) {
            return;
          }
          coding = more.get();
          indexed.accept(CodedIndex.blocksOf(group.get()).map(CodedBlock::rawCid).toList());
        } else {
          absent++;
        }
        sleeper.sleep(pace.rest());
      }
    }
    missed |= absent > 0;
  }

  private Optional<GroupNode> group(Manifest manifest, int number) {
    try {
      return Optional.of(manifests.group(manifest, number));
    } catch (BlockNotFoundException | FormatException e) {
      LOG.debug("group {} is not in the index: {}", number, e.getMessage());
      return Optional.empty();
    }
  }

  private void clearAway() throws InterruptedException {
    CodedIndex.Size size = index.size();
    if (size.dead() < LEAST_DEAD || size.dead() < size.entries() / DEAD_PART) {
      return;
    }
    try (Stream<byte[]> dead = index.dead()) {
      Iterator<byte[]> keys = dead.iterator();
      while (keys.hasNext()) {
        List<byte[]> some = new ArrayList<>();
        while (some.size() < DELETED_AT_ONCE && keys.hasNext()) {
          some.add(keys.next());
        }
        index.delete(some);
        sleeper.sleep(pace.rest());
      }
    }
    index.noneDead();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      boolean ended = thread.join(STOP_PATIENCE);
      LOG.debug("the indexer of coded blocks ended in time: {}", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
