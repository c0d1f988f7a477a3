package io.ecluster.service.gateway;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.GatewaySettings;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.read.MemoryReadings;
import io.ecluster.service.read.TestSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** A gateway on a real socket, over blocks in memory. */
final class GatewayFixture implements AutoCloseable {
  final MemoryReadings readings = new MemoryReadings();
  final TestSite site = new TestSite(readings.blocks());
  private final HttpServer server =
      Gateway.start(
          new GatewaySettings(
              List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
              4096,
              Duration.ofSeconds(5),
              Duration.ofMinutes(1)),
          readings);

  int port() {
    String address = server.addresses().getFirst();
    return Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
  }

  /**
   * Asks.
   *
   * @param target with {@code R} for the root folder, {@code N} for the node
   */
  TestServer.Answer ask(String method, String target, String... headers) throws IOException {
    return TestServer.ask(port(), method, full(target), new byte[0], headers);
  }

  TestServer.Answer get(String target, String... headers) throws IOException {
    return ask("GET", target, headers);
  }

  TestServer.Connection connect() throws IOException {
    return new TestServer.Connection(new Socket(InetAddress.getLoopbackAddress(), port()));
  }

  String full(String target) {
    return target
        .replace("/ipfs/R", "/ipfs/" + site.root())
        .replace("/ipfs/N", "/ipfs/" + site.node());
  }

  @Override
  public void close() {
    server.close();
  }
}
