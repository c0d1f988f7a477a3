package io.ecluster.recovery;

import io.ecluster.core.cluster.Sleeper;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups that a read found damaged, repaired one after the other by a thread of its own. A peer
 * that finds the same damage elsewhere may do so too: repairs that meet do no harm.
 */
public final class RepairQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RepairQueue.class);

  /** What is found beyond this is found again by the next read. */
  private static final int MAX_GROUPS = 1024;

  /** Lets the read that found the damage go first, and a peer that restarts come back. */
  static final Duration DELAY = Duration.ofSeconds(10);

  /**
   * What is added to it at most, by chance, before the first group of several: peers that serve one
   * reader find the same damage at the same time, and whoever comes first does the work for all.
   */
  static final Duration SPREAD = Duration.ofSeconds(20);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  /** Repairs one group. */
  @FunctionalInterface
  interface Work {
    Optional<GroupReport> repair(Cid root, int group);
  }

  private record Group(Cid root, int number) {}

  private final Work work;
  private final Sleeper sleeper;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final SequencedSet<Group> waiting = new LinkedHashSet<>();
  private final Thread worker;

  private RepairQueue(Work work, Sleeper sleeper, RandomGenerator random) {
    this.work = work;
    this.sleeper = sleeper;
    this.random = random;
    this.worker = Thread.ofVirtual().name("repair-queue").unstarted(this::run);
  }

  /**
   * A queue whose thread runs until it is closed.
   *
   * @param sleeper {@code Thread::sleep} outside of tests
   */
  public static RepairQueue start(EcRecovery recovery, Sleeper sleeper, RandomGenerator random) {
    return start(recovery::repairGroup, sleeper, random);
  }

  static RepairQueue start(Work work, Sleeper sleeper, RandomGenerator random) {
    RepairQueue queue = new RepairQueue(work, sleeper, random);
    queue.worker.start();
    return queue;
  }

  /** Queues a group unless it waits already; never blocks. Fits {@link CodedReader.Parts}. */
  public void offer(Cid root, int group) {
    lock.lock();
    try {
      if (waiting.size() < MAX_GROUPS && waiting.add(new Group(root, group))) {
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        boolean isFirst = isIdle();
        Group group = awaitFirst();
        sleeper.sleep(isFirst ? DELAY.plusMillis(random.nextLong(SPREAD.toMillis())) : DELAY);
        forget(group);
        repair(group);
      }
    } catch (InterruptedException e) {
      LOG.debug("repairs of what reads found damaged end");
    }
  }

  private boolean isIdle() {
    lock.lock();
    try {
      return waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private Group awaitFirst() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        filled.await();
      }
      return waiting.getFirst();
    } finally {
      lock.unlock();
    }
  }

  private void forget(Group group) {
    lock.lock();
    try {
      waiting.remove(group);
    } finally {
      lock.unlock();
    }
  }

  private void repair(Group group) throws InterruptedException {
    try {
      work.repair(group.root(), group.number())
          .ifPresent(report ->
              LOG.info(
                  "group {} of {}, found damaged by a read: {} {}",
                  report.group(),
                  report.root(),
                  report.state(),
                  report.error()));
    } catch (RuntimeException e) {
      LOG.warn("group {} of {} was not repaired: {}", group.number(), group.root(), e.toString());
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("repair was interrupted");
    }
  }

  @Override
  public void close() {
    worker.interrupt();
    try {
      boolean ended = worker.join(STOP_PATIENCE);
      LOG.debug("the repair queue ended in time: {}", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
