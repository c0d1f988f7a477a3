package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.HttpApiSettings.Libp2p;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Who opens an API to others without a password is told what that means. */
class OpenServersTest {
  private static List<String> warnings(TestServer server) {
    Logger logger = (Logger) LoggerFactory.getLogger(ApiServer.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try (server) {
      server.start();
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/127.0.0.1/tcp/0, false",
    "/ip4/127.9.9.9/tcp/0, false",
    "/ip4/0.0.0.0/tcp/0, true",
    "/dns4/localhost/tcp/0, true" // who knows what that leads to
  })
  void anAddressThatOthersReachIsWarnedOf(String address, boolean open) {
    List<String> warnings = warnings(new TestServer().listening(address));
    assertThat(warnings).hasSize(open ? 1 : 0);
    assertThat(warnings).allSatisfy(text -> assertThat(text).contains(address, "basic_auth"));
    assertThat(warnings(new TestServer().listening(address).withUser("me", "pw"))).isEmpty();
  }

  @Test
  void soIsLibp2p() {
    Libp2p host =
        new Libp2p(
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
            Identity.generate(new SecureRandom()));
    assertThat(warnings(new TestServer().listening().with(host))).hasSize(1);
  }
}
