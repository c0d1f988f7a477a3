package io.ecluster.libp2p;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small bookkeepers of a host. */
class HostTablesTest {
  private static final PeerId PEER = FakeNetwork.identity(1).id();
  private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/10.0.0.1/tcp/9096");

  private final AtomicLong clock = new AtomicLong();

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Test
  void theWaitDoublesWithEveryFailureUpToALimit() {
    DialBackoff backoff = new DialBackoff(clock::get);
    assertThat(backoff.allows(ADDRESS)).isTrue();
    for (long seconds : new long[] {1, 2, 4, 8, 16, 16, 16}) {
      backoff.failed(ADDRESS);
      pass(Duration.ofSeconds(seconds).minusMillis(1));
      assertThat(backoff.allows(ADDRESS)).as("just before %d s", seconds).isFalse();
      pass(Duration.ofMillis(1));
      assertThat(backoff.allows(ADDRESS)).as("after %d s", seconds).isTrue();
    }
    backoff.succeeded(ADDRESS);
    backoff.failed(ADDRESS);
    pass(Duration.ofSeconds(1));
    assertThat(backoff.allows(ADDRESS)).isTrue();
  }

  @Test
  void aKeyPassesOnceInItsInterval() {
    OncePerInterval<String> gate = new OncePerInterval<>(Duration.ofMinutes(1), clock::get);
    assertThat(gate.tryPass("a")).isTrue();
    assertThat(gate.tryPass("a")).isFalse();
    assertThat(gate.tryPass("b")).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(gate.tryPass("a")).isTrue();
  }

  @Test
  void oneAddressCannotTakeAllHandshakes() throws Exception {
    InetAddress attacker = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    InetAddress other = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
    Duration any = Duration.ofSeconds(1);
    InboundLimits limits = new InboundLimits(new HostLimits(100, 3, 5, 2, any, any, any));
    assertThat(limits.mayBegin(attacker)).isTrue();
    assertThat(limits.mayBegin(attacker)).isTrue();
    assertThat(limits.mayBegin(attacker)).isFalse();
    assertThat(limits.mayBegin(other)).isTrue();
    limits.handshakeEnded(attacker);
    assertThat(limits.mayBegin(attacker)).isTrue();
  }

  @Test
  void oneAddressCannotTakeAllConnections() throws Exception {
    InetAddress attacker = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    Duration any = Duration.ofSeconds(1);
    InboundLimits limits = new InboundLimits(new HostLimits(100, 3, 50, 20, any, any, any));
    for (int i = 0; i < 3; i++) {
      assertThat(limits.mayBegin(attacker)).isTrue();
      limits.handshakeEnded(attacker);
      limits.opened(attacker);
    }
    assertThat(limits.mayBegin(attacker)).isFalse();
    limits.closed(attacker);
    assertThat(limits.mayBegin(attacker)).isTrue();
  }

  @Test
  void theBookKeepsTheNewestPreferredAddressesAndForgetsTheRest() {
    PeerBook book = new PeerBook();
    List<Multiaddr> many = new ArrayList<>();
    for (int port = 1; port <= 100; port++) {
      many.add(Multiaddr.parse("/ip4/10.0.0.1/tcp/" + port));
    }
    book.remember(PEER, many);
    assertThat(book.addresses(PEER)).hasSize(32).startsWith(many.getFirst());
    book.prefer(PEER, List.of(ADDRESS));
    assertThat(book.addresses(PEER)).hasSize(32).startsWith(ADDRESS, many.getFirst());
    assertThat(book.setProtocols(PEER, Set.of("/a"))).isTrue();
    assertThat(book.setProtocols(PEER, Set.of("/a"))).isFalse();
    assertThat(book.setProtocols(PEER, Set.of("/a", "/" + "x".repeat(500)))).isFalse();
    assertThat(book.protocols(PEER)).containsExactly("/a");
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/1.2.3.4/tcp/80, true",
    "/ip6/::1/tcp/80, true",
    "/dns/example.org/tcp/80, true",
    "/ip4/1.2.3.4/udp/80/quic-v1, false",
    "/ip4/1.2.3.4/tcp/80/ws, false",
    "/dnsaddr/example.org, false",
    "/ip4/1.2.3.4, false"
  })
  void onlyPlainTcpIsDialled(String address, boolean usable) {
    List<Multiaddr> given = List.of(Multiaddr.parse(address));
    assertThat(SocketAddresses.tcpOnly(given).equals(given)).isEqualTo(usable);
  }

  @Test
  void deadlinesComeDueUnlessCalledOffAndAtOnceWhenClosed() throws Exception {
    CountDownLatch due = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    try (Deadlines deadlines = new Deadlines()) {
      deadlines.after(Duration.ofMillis(1), due::countDown);
      assertThat(due.await(20, TimeUnit.SECONDS)).isTrue();
      deadlines.after(Duration.ofHours(1), ran::incrementAndGet).close();
      deadlines.after(Duration.ofHours(1), ran::incrementAndGet);
      assertThat(ran).hasValue(0);
    }
    assertThat(ran).hasValue(1);
  }

  @Test
  void anUnknownNameIsAnIoException() throws Exception {
    try (NameLookup names = new NameLookup()) {
      assertThatThrownBy(() -> names.resolve(Multiaddr.parse("/dns4/does-not-exist.invalid/tcp/1")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does-not-exist.invalid");
      assertThat(names.resolve(ADDRESS))
          .singleElement()
          .satisfies(socket -> assertThat(socket.getPort()).isEqualTo(9096));
    }
  }
}
