package io.ecluster.adder;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * Makes peers fail that an add sends blocks to: the first so many to which a stream is opened,
 * never the adding peer itself. Given as a hook of the adder's calls.
 */
final class Sabotage implements BiConsumer<PeerId, RpcMethod<?, ?>> {
  /** How they fail. */
  enum Failure {
    /** Their processes die while blocks flow to them: when {@link #strike} is called. */
    DIES_IN_THE_STREAM,
    /** They take blocks until their disk is full. */
    DISK_IS_FULL,
    /** They have stored their blocks and die when asked whether these are pinned. */
    DIES_BEFORE_ITS_WORD,
    /** They are there but do not say in time that they have pinned. */
    DOES_NOT_GIVE_ITS_WORD,
    /** Their IPFS nodes refuse whatever they are asked for. */
    NODE_IS_BROKEN,
    /** Streams to them cannot be opened. */
    REFUSES_THE_STREAM
  }

  /** Less than a column, more than a cell. */
  private static final long SMALL_DISK_BYTES = 100_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final AddCluster c;
  private final PeerId self;
  private final Failure failure;
  private final int count;
  private final List<TestPeer> victims = new ArrayList<>();
  private final List<TestPeer> dead = new ArrayList<>();

  Sabotage(AddCluster c, PeerId self, Failure failure, int count) {
    this.c = c;
    this.self = self;
    this.failure = failure;
    this.count = count;
  }

  /** Called by the threads of all uploads at once. */
  @Override
  public void accept(PeerId to, RpcMethod<?, ?> method) {
    lock.lock();
    try {
      if (method.equals(RpcMethods.IPFS_BLOCK_STREAM)) {
        choose(to);
      }
      if (victims.contains(c.of(to))) {
        fail(c.of(to), method);
      }
    } finally {
      lock.unlock();
    }
  }

  private void choose(PeerId to) {
    TestPeer peer = c.of(to);
    if (to.equals(self) || victims.size() == count || victims.contains(peer)) {
      return;
    }
    victims.add(peer);
    switch (failure) {
      case DISK_IS_FULL -> peer.store.storageMax(SMALL_DISK_BYTES);
      case NODE_IS_BROKEN -> peer.store.failWith("input/output error");
      case DIES_IN_THE_STREAM,
          DIES_BEFORE_ITS_WORD,
          DOES_NOT_GIVE_ITS_WORD,
          REFUSES_THE_STREAM -> {}
    }
  }

  private void fail(TestPeer victim, RpcMethod<?, ?> method) {
    boolean asked = method.equals(ErasureMethods.AWAIT_PINNED);
    switch (failure) {
      case DIES_BEFORE_ITS_WORD -> {
        if (asked) {
          kill(victim);
        }
      }
      case DOES_NOT_GIVE_ITS_WORD -> {
        if (asked) {
          throw new RpcException(RpcException.Kind.CLIENT, "does not answer");
        }
      }
      case REFUSES_THE_STREAM -> {
        if (method.equals(RpcMethods.IPFS_BLOCK_STREAM)) {
          throw new RpcException(RpcException.Kind.CLIENT, "connection refused");
        }
      }
      case DIES_IN_THE_STREAM, DISK_IS_FULL, NODE_IS_BROKEN -> {}
    }
  }

  private void kill(TestPeer victim) {
    if (!dead.contains(victim)) {
      dead.add(victim);
      c.coded.kill(victim);
    }
  }

  /** The moment in the upload at which those die that are to die in the stream. */
  void strike() {
    if (failure == Failure.DIES_IN_THE_STREAM) {
      Eventually.until("all victims get blocks", () -> victims().size() == count);
      victims().forEach(this::kill);
    }
  }

  List<TestPeer> victims() {
    lock.lock();
    try {
      return List.copyOf(victims);
    } finally {
      lock.unlock();
    }
  }

  /** Ends what can be ended, so that a test can look at all who live. */
  void heal() {
    for (TestPeer victim : victims()) {
      if (!dead.contains(victim)) {
        victim.store.heal();
        victim.store.storageMax(1L << 40);
        victim.tracker.recoverAll(_ -> {});
      }
    }
    if (failure == Failure.DOES_NOT_GIVE_ITS_WORD) {
      c.passTheLimitOfGuards(); // of the manifest, whose pin it may not have
    }
  }
}
