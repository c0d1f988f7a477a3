package io.ecluster.libp2p;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts over real sockets. */
class Libp2pHostTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final PreSharedKey SECRET = new PreSharedKey(new byte[32]);

  private final List<Libp2pHost> hosts = new ArrayList<>();

  @AfterEach
  void close() {
    hosts.forEach(Libp2pHost::close);
  }

  private Libp2pHost host(int seed, Optional<PreSharedKey> secret) throws IOException {
    HostConfig open =
        HostConfig.of(FakeNetwork.identity(seed))
            .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    Libp2pHost host = Libp2pHost.create(secret.map(open::withSecret).orElse(open));
    hosts.add(host);
    host.handle("/echo", stream -> stream.input().transferTo(stream.output()));
    host.start();
    return host;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoHostsTalk(boolean isPrivate) throws IOException {
    Optional<PreSharedKey> secret = isPrivate ? Optional.of(SECRET) : Optional.empty();
    Libp2pHost one = host(1, secret);
    Libp2pHost two = host(2, secret);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    assertThat(one.protocols(two.id()))
        .contains("/echo", "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0");
    Stream stream = one.open(two.id(), List.of("/other", "/echo"), TIMEOUT);
    stream.output().write("hello".getBytes(UTF_8));
    stream.closeWrite();
    assertThat(stream.input().readAllBytes()).asString().isEqualTo("hello");
    assertThat(one.ping(two.id(), TIMEOUT)).isPositive();
    assertThat(one.knownAddresses(two.id()))
        .contains(two.addresses().getFirst().withoutPeerId());
  }

  @Test
  void anotherPeerAtTheAddressIsNotTakenForTheWantedOne() throws IOException {
    Libp2pHost one = host(1, Optional.empty());
    Libp2pHost two = host(2, Optional.empty());
    assertThatThrownBy(
            () -> one.connect(FakeNetwork.identity(3).id(), two.addresses(), TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("peer there is " + two.id());
  }
}
