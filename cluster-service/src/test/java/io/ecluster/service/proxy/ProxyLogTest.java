package io.ecluster.service.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.FakeAdder;
import io.ecluster.service.api.FakeCluster;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.config.IpfsProxySettings;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.read.MemoryReadings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyLogTest {
  @TempDir Path folder;

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void requestsAreLoggedToTheFileInTheFolder() throws Exception {
    int port;
    try (PeerProcesses ports = new PeerProcesses(folder)) {
      port = ports.freePort();
    }
    IpfsProxySettings settings =
        new IpfsProxySettings(
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port)),
            Multiaddr.parse("/ip4/127.0.0.1/tcp/5001"),
            false,
            4096,
            HttpApiSettings.Timeouts.STANDARD,
            "proxy.log",
            List.of(),
            "/api/v0/version",
            Duration.ofMinutes(5));
    IpfsProxy.Parts parts =
        new IpfsProxy.Parts(
            new MemoryReadings(),
            new FakeCluster(),
            new FakeAdder(),
            () -> new IpfsNode.RepoStat(0, 0),
            new FakeIpfsNode(),
            Clock.systemUTC(),
            "1.1.6",
            false);
    try (AutoCloseable _ = IpfsProxy.start(settings, parts, "", folder, HttpWatch.NONE)) {
      TestServer.ask(port, "POST", "/api/v0/pin/ls?arg=a%20b", new byte[0]);
      Path log = folder.resolve("proxy.log");
      PeerProcesses.await("a line", () -> !read(log).isEmpty());
      assertThat(read(log))
          .matches(
              "127\\.0\\.0\\.1 - - \\[[^]]+] \"POST /api/v0/pin/ls\\?arg=a%20b HTTP/1\\.1\" 500 \\d+\n");
    }
  }
}
