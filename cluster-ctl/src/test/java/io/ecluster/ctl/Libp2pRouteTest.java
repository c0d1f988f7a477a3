package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP over libp2p, with a host that passes streams on to an HTTP server. */
@Timeout(120)
class Libp2pRouteTest {
  private static final String SECRET = "ab".repeat(PreSharedKey.BYTES);
  private static final byte[] VERSION = FakeApi.json(200, "{\"version\":\"x\"}");

  @TempDir Path folder;

  private static Host before(FakeApi api, boolean secret) throws IOException {
    HostConfig open =
        HostConfig.of(FakeNetwork.identity(7)).withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    Libp2pHost host =
        Libp2pHost.create(secret ? open.withSecret(PreSharedKey.parse(SECRET)) : open);
    int port = Integer.parseInt(api.address().replaceAll(".*/", ""));
    host.handle(Libp2pRoute.PROTOCOL, stream -> pass(stream, port));
    host.start();
    return host;
  }

  private static void pass(Stream stream, int port) throws IOException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread upward =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  stream.input().transferTo(server.getOutputStream());
                } catch (IOException e) {
                  // the client has ended
                }
              });
      server.getInputStream().transferTo(stream.output());
      stream.closeWrite();
      server.shutdownOutput();
      upward.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String address(Host host) {
    return host.addresses().getFirst().toString();
  }

  @Test
  void commandsWorkOverAStream() throws IOException {
    try (FakeApi api = FakeApi.answering(VERSION);
        Host host = before(api, false)) {
      assertThat(Ctl.run(Map.of(), "--host", address(host), "version"))
          .isEqualTo(new Ctl.Result(0, "x\n", ""));
      assertThat(api.onlyRequest().headers()).containsEntry("host", host.id().toString());
    }
  }

  @Test
  void uploadsWorkOverAStream() throws IOException {
    Path file = Files.write(folder.resolve("f"), new byte[3_000_000]);
    byte[] events = FakeApi.lines("", "{\"name\":\"f\",\"cid\":\"cid-of-f\"}");
    try (FakeApi api = FakeApi.answering(events);
        Host host = before(api, false)) {
      assertThat(Ctl.run(Map.of(), "--host", address(host), "add", file.toString()))
          .isEqualTo(new Ctl.Result(0, "added cid-of-f f\n", ""));
      assertThat(api.onlyRequest().body()).hasSizeGreaterThan(3_000_000);
    }
  }

  @Test
  void credentialsGoOverItWithoutTls() throws IOException {
    try (FakeApi api = FakeApi.answering(VERSION);
        Host host = before(api, false)) {
      Ctl.Result result =
          Ctl.run(Map.of(), "--https", "--basic-auth", "me:x", "-l", address(host), "version");
      assertThat(result.code()).isZero();
      assertThat(result.err()).startsWith("WARN cluster-ctl: ").contains(address(host));
      assertThat(api.onlyRequest().headers()).containsEntry("authorization", "Basic bWU6eA==");
    }
  }

  @Test
  void aPrivateNetworkNeedsItsSecret() throws IOException {
    try (FakeApi api = FakeApi.answering(VERSION);
        Host host = before(api, true)) {
      Ctl.Result inside = Ctl.run(Map.of(), "--secret", SECRET, "--host", address(host), "version");
      assertThat(inside).isEqualTo(new Ctl.Result(0, "x\n", ""));
      Ctl.Result outside = Ctl.run(Map.of(), "-t", "3", "--host", address(host), "version");
      assertThat(outside.code()).isEqualTo(1);
      assertThat(outside.out()).startsWith("An error occurred:\n  Code: 0\n");
      assertThat(api.requests()).hasSize(1);
    }
  }

  @Test
  void anotherPeerThanTheOneNamedIsNotTalkedTo() throws IOException {
    try (FakeApi api = FakeApi.answering(VERSION);
        Host host = before(api, false)) {
      String wrong = Multiaddr.parse(address(host)).withoutPeerId() + "/p2p/" + Ctl.ONE;
      Ctl.Result result = Ctl.run(Map.of(), "--host", wrong, "version");
      assertThat(result.code()).isEqualTo(1);
      assertThat(api.requests()).isEmpty();
      Ctl.Result next = Ctl.run(Map.of(), "--host", wrong + "," + address(host), "version");
      assertThat(next).isEqualTo(new Ctl.Result(0, "x\n", ""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | /p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5 | only includes a Peer ID",
        "abcd | /ip4/127.0.0.1/tcp/1/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5 | 32 bytes, not 2"
      })
  void addressesThatCannotBeUsedAreToldOf(String secret, String host, String message) {
    Ctl.Result result = Ctl.run(Map.of(), "--secret", secret, "--host", host, "version");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error creating API client: ").contains(message);
    assertThat(result.out()).isEmpty();
  }
}
