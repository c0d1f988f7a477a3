package io.ecluster.libp2p;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficMeterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void ratesFollowWhatIsCarriedAndFallSilent() {
    TrafficMeter meter = new TrafficMeter();
    TrafficMeter.Counter counter = meter.of("/a");
    counter.received(1000);
    counter.sent(10);
    meter.tick(2);
    assertThat(meter.all().get("/a")).isEqualTo(new Traffic(1000, 10, 500, 5));
    counter.received(100);
    meter.tick(1);
    assertThat(meter.all().get("/a")).isEqualTo(new Traffic(1100, 10, 400, 3.75));
    for (int i = 0; i < 100; i++) {
      meter.tick(1);
    }
    assertThat(meter.all().get("/a")).isEqualTo(new Traffic(1100, 10, 0, 0));
  }

  @Test
  void aSteadyFlowIsToldAsItIs() {
    TrafficMeter meter = new TrafficMeter();
    for (int i = 0; i < 50; i++) {
      meter.of("/a").sent(123);
      meter.tick(1);
    }
    assertThat(meter.all().getOrDefault("/a", new Traffic(0, 0, 0, 0)).rateOut())
        .isCloseTo(123, within(0.001));
    assertThat(meter.all()).containsOnlyKeys("/a");
  }

  @Test
  void twoHostsAgreeOnWhatAStreamCarried() throws IOException {
    try (Libp2pHost one = host();
        Libp2pHost two = host()) {
      two.handle("/echo", stream -> stream.input().transferTo(stream.output()));
      one.start();
      two.start();
      one.connect(two.id(), two.addresses(), PATIENCE);
      Stream stream = one.open(two.id(), List.of("/echo"), PATIENCE);
      stream.output().write(new byte[1234]);
      stream.closeWrite();
      assertThat(stream.input().readAllBytes()).hasSize(1234);
      assertThat(one.traffic().get("/echo"))
          .extracting(Traffic::bytesIn, Traffic::bytesOut)
          .containsExactly(1234L, 1234L);
      assertThat(two.traffic().get("/echo"))
          .extracting(Traffic::bytesIn, Traffic::bytesOut)
          .containsExactly(1234L, 1234L);
      assertThat(one.traffic()).containsKey("/ipfs/id/1.0.0");
    }
  }

  private static Libp2pHost host() throws IOException {
    return Libp2pHost.create(
        HostConfig.of(Identity.generate(new SecureRandom()))
            .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
  }
}
