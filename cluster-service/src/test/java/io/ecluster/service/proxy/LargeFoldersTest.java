package io.ecluster.service.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.DirectoryBuilder;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.FakeAdder;
import io.ecluster.service.api.FakeCluster;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.GatewaySettings;
import io.ecluster.service.gateway.Gateway;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.read.MemoryReadings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Folders of more entries than one block holds, through the proxy and the gateway. */
class LargeFoldersTest {
  private static final byte[] NOTHING = new byte[0];
  private static final int FILES = 5000;
  private static final List<Multiaddr> LISTEN = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));

  private final MemoryReadings readings = new MemoryReadings();
  private final Cid root = folder();
  private final HttpServer proxy =
      HttpServer.start(
          new HttpServer.Listening(
              "a test", LISTEN, 4096, Duration.ofSeconds(5), Duration.ofMinutes(1)),
          new IpfsProxy(parts(), Optional.empty(), Optional.empty()));
  private final HttpServer gateway =
      Gateway.start(
          new GatewaySettings(LISTEN, 4096, Duration.ofSeconds(5), Duration.ofMinutes(1)),
          readings);

  private IpfsProxy.Parts parts() {
    return new IpfsProxy.Parts(
        readings,
        new FakeCluster(),
        new FakeAdder(),
        () -> new IpfsNode.RepoStat(0, 0),
        new FakeIpfsNode(),
        Clock.systemUTC(),
        "1.1.6",
        false);
  }

  private static String name(int number) {
    return "a file with a rather long name and the number %04d".formatted(number);
  }

  private Cid folder() {
    DirectoryBuilder folders = new DirectoryBuilder();
    for (int i = 0; i < FILES; i++) {
      byte[] content = String.valueOf(i).getBytes(StandardCharsets.UTF_8);
      try {
        Imported file =
            new FileImporter()
                .add(new ByteArrayInputStream(content), ImportOptions.DEFAULT, readings.blocks());
        folders.add(name(i), file);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return folders.finish(ImportOptions.DEFAULT, readings.blocks()).getLast().imported().root();
  }

  @AfterEach
  void stop() {
    PeerProcesses.await("all readings are closed", () -> readings.open() == 0);
    proxy.close();
    gateway.close();
  }

  private static TestServer.Answer ask(HttpServer server, String method, String target)
      throws IOException {
    String address = server.addresses().getFirst();
    int port = Integer.parseInt(address.substring(address.lastIndexOf('/') + 1));
    return TestServer.ask(port, method, target, NOTHING);
  }

  private static List<String> allNames() {
    return IntStream.range(0, FILES).mapToObj(LargeFoldersTest::name).toList();
  }

  @Test
  void noBlockHoldsThemAll() {
    assertThat(readings.blocks().get(root).length).isLessThan(FILES * name(0).length());
  }

  @Test
  void theProxyListsAndReadsThem() throws IOException {
    JsonObject listing = Json.parseObject(ask(proxy, "POST", "/api/v0/ls?arg=" + root).text());
    List<String> names = new ArrayList<>();
    for (Object link : JsonObject.of(listing.list("Objects").getFirst()).list("Links")) {
      names.add(JsonObject.of(link).text("Name"));
    }
    assertThat(names).containsExactlyInAnyOrderElementsOf(allNames());
    String path = root + "/" + name(4321).replace(" ", "%20");
    assertThat(ask(proxy, "POST", "/api/v0/cat?arg=" + path).text()).isEqualTo("4321");
    assertThat(ask(proxy, "POST", "/api/v0/cat?arg=" + root + "/none").status()).isEqualTo(500);
    TestServer.Answer archive = ask(proxy, "POST", "/api/v0/get?arg=" + root + "&archive=true");
    assertThat(namesIn(archive.body())).containsExactlyInAnyOrderElementsOf(allNames());
  }

  private static List<String> namesIn(byte[] archive) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          names.add(entry.getName().replaceFirst("^[^/]*/", ""));
        }
      }
    }
    return names;
  }

  @Test
  void theGatewayListsAndReadsThem() throws IOException {
    String page = ask(gateway, "GET", "/ipfs/" + root + "/").text();
    assertThat(allNames()).allMatch(page::contains);
    String path = "/ipfs/" + root + "/" + name(77).replace(" ", "%20");
    TestServer.Answer file = ask(gateway, "GET", path);
    assertThat(file.status()).isEqualTo(200);
    assertThat(file.text()).isEqualTo("77");
    assertThat(ask(gateway, "GET", "/ipfs/" + root + "/none").status()).isEqualTo(404);
    TestServer.Answer archive = ask(gateway, "GET", "/ipfs/" + root + "?format=tar");
    assertThat(namesIn(archive.body())).containsExactlyInAnyOrderElementsOf(allNames());
  }
}
