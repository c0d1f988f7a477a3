package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pins of what another daemon has, or nobody. */
@NeedsKubo
@Timeout(180)
class KuboPinsTest {
  private static final Duration PIN_TIMEOUT = Duration.ofSeconds(4);

  @RegisterExtension static final KuboNode KUBO = new KuboNode();
  @RegisterExtension static final KuboNode SOURCE = new KuboNode();

  private static KuboIpfsNode impatient() {
    return KuboIpfsNode.open(
        KuboSettings.at(KUBO.process().api()).withTimeouts(Duration.ofSeconds(30), PIN_TIMEOUT));
  }

  private static Cid added(int bytes) {
    byte[] content = new byte[bytes];
    new Random().nextBytes(content);
    String root =
        SOURCE.process().cli(new ByteArrayInputStream(content), "add", "-Q").text().strip();
    return Cid.parse(root);
  }

  @Test
  void dialAnOriginAndFetchFromIt() {
    Cid root = added(3 << 20);
    KUBO.node().pin(root, PinMode.RECURSIVE, List.of(SOURCE.process().swarmAddress()));
    assertThat(KUBO.node().swarmPeers()).contains(SOURCE.process().peerId());
    assertThat(KUBO.node().pinned(root)).contains(PinMode.RECURSIVE);
    assertThat(KUBO.process().run("--offline", "dag", "stat", "--progress=false", root.toString()))
        .contains(root.toString());
    KUBO.node().swarmDisconnect(SOURCE.process().peerId());
    assertThat(KUBO.node().swarmPeers()).doesNotContain(SOURCE.process().peerId());
    KUBO.node().swarmConnect(SOURCE.process().swarmAddress());
    assertThat(KUBO.node().swarmPeers()).contains(SOURCE.process().peerId());
  }

  /** Kubo, told to stop, is free to collect garbage: it would wait for a pin. */
  @Test
  void areGivenUpWhenNothingComes() {
    Block nowhere = TestDag.raw(new byte[] {(byte) 1, (byte) 2, (byte) System.nanoTime()});
    Block root = TestDag.node(nowhere);
    try (KuboIpfsNode node = impatient()) {
      node.put(List.of(root));
      Instant start = Instant.now();
      assertThatThrownBy(() -> node.pin(root.cid(), PinMode.RECURSIVE, List.of()))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("nothing came in 4.0 s");
      assertThat(Duration.between(start, Instant.now()))
          .isBetween(PIN_TIMEOUT, PIN_TIMEOUT.multipliedBy(4));
      node.gc(_ -> {});
      assertThat(node.has(root.cid())).isFalse();
    }
  }

  /** The source sleeps for most of the time, but never for as long as the timeout. */
  @Test
  void mayTakeLongerThanTheTimeoutWhileBlocksCome() throws Exception {
    Cid root = added(64 << 20);
    try (KuboIpfsNode node = impatient()) {
      node.swarmConnect(SOURCE.process().swarmAddress());
      Instant start = Instant.now();
      CompletableFuture<Void> pin =
          CompletableFuture.runAsync(() -> node.pin(root, PinMode.RECURSIVE, List.of()));
      while (Duration.between(start, Instant.now()).compareTo(PIN_TIMEOUT.multipliedBy(2)) < 0
          && !pin.isDone()) {
        SOURCE.process().pause();
        LockSupport.parkNanos(PIN_TIMEOUT.dividedBy(3).toNanos());
        SOURCE.process().resume();
        LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
      }
      pin.get(60, TimeUnit.SECONDS);
      assertThat(Duration.between(start, Instant.now())).isGreaterThan(PIN_TIMEOUT);
      assertThat(node.pinned(root)).contains(PinMode.RECURSIVE);
    }
  }
}
