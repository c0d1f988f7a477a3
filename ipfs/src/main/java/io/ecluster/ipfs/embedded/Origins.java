package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Peers that a pin's blocks are said to be at: dialled once, all at the same time. */
final class Origins {
  private static final Logger LOG = LoggerFactory.getLogger(Origins.class);

  /** Go IPFS Cluster dials no more of a pin's origins either. */
  private static final int MAX_DIALLED = 10;

  /** A dial that takes longer goes on in the background: others may have the blocks. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final SwarmView swarm;
  private final List<Multiaddr> addresses;
  private final AtomicBoolean begun = new AtomicBoolean();

  Origins(SwarmView swarm, Collection<Multiaddr> addresses) {
    this.swarm = swarm;
    this.addresses = addresses.stream().limit(MAX_DIALLED).toList();
  }

  /** Returns when all have answered or failed, or patience has ended; later calls do nothing. */
  void connect() {
    if (begun.getAndSet(true)) {
      return;
    }
    CountDownLatch answers = new CountDownLatch(addresses.size());
    addresses.forEach(address -> Thread.startVirtualThread(() -> dial(address, answers)));
    try {
      answers.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("interrupted while connecting to origins", e);
    }
  }

  private void dial(Multiaddr address, CountDownLatch answers) {
    try {
      swarm.connect(address);
    } catch (IOException e) {
      LOG.debug("origin {} cannot be reached: {}", address, e.getMessage());
    } finally {
      answers.countDown();
    }
  }
}
