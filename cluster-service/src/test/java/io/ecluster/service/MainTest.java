package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import io.ecluster.service.daemon.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The command line of the daemon, but for running it. */
class MainTest {
  private static final String PEER =
      "/ip4/1.2.3.4/tcp/9096/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

  @TempDir Path temp;

  private record Result(int code, String out, String err) {}

  private Result run(Map<String, String> environment, String... arguments) {
    List<String> line = new ArrayList<>(List.of("-c", temp.resolve("peer").toString()));
    line.addAll(List.of(arguments));
    return runAnywhere(environment, line.toArray(String[]::new));
  }

  private static Result runAnywhere(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = new Main(stream(out), stream(err), environment).run(arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private JsonObject file() throws IOException {
    return Json.parseObject(Files.readString(temp.resolve("peer/service.json")));
  }

  @Test
  void initMakesAPeer() throws IOException {
    Result result = run(Map.of(), "init");
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("service.json", "this peer is 12D3Koo");
    assertThat(file().object("cluster").text("secret")).matches("[0-9a-f]{64}");
    assertThat(temp.resolve("peer/peerstore")).isEmptyFile();
  }

  @Test
  void initReplacesNothingUnlessForced() throws IOException {
    run(Map.of(), "init", "--peers", PEER);
    String before = file().object("cluster").text("secret");
    String identity = Files.readString(temp.resolve("peer/identity.json"));
    Result refused = run(Map.of(), "init");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).startsWith("error : ").contains("--force");
    assertThat(file().object("cluster").text("secret")).isEqualTo(before);
    for (String[] line : new String[][] {{"init", "-f"}, {"-f", "init"}, {"init", "--force"}}) {
      assertThat(run(Map.of(), line).code()).isZero();
    }
    assertThat(file().object("cluster").text("secret")).isNotEqualTo(before);
    assertThat(temp.resolve("peer/identity.json")).hasContent(identity);
    assertThat(temp.resolve("peer/peerstore")).isEmptyFile();
  }

  @ParameterizedTest
  @CsvSource({
    "CLUSTER_SECRET, abc",
    "CLUSTER_PRIVATEKEY, nonsense",
    "CLUSTER_MONITORPINGINTERVAL, soon",
    "CLUSTER_RESTAPI_SSLCERTFILE, x.pem"
  })
  void initThatFailsLeavesTheOldConfiguration(String variable, String value) throws IOException {
    run(Map.of(), "init");
    String before = Files.readString(temp.resolve("peer/service.json"));
    Files.delete(temp.resolve("peer/identity.json"));
    Result result = run(Map.of(variable, value), "init", "--force");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error : ").doesNotContain("Exception");
    assertThat(temp.resolve("peer/service.json")).hasContent(before);
    assertThat(temp.resolve("peer/identity.json")).doesNotExist();
  }

  @Test
  void peersAreTrustedAndWrittenDown() throws IOException {
    assertThat(run(Map.of("CLUSTER_PEERSTOREFILE", "mine"), "init", "--peers", PEER).code())
        .isZero();
    assertThat(temp.resolve("peer/mine")).hasContent(PEER + "\n");
    assertThat(file().object("consensus").object("crdt").texts("trusted_peers"))
        .containsExactly(PEER.substring(PEER.lastIndexOf('/') + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ip4/1.2.3.4/tcp/9096", "nonsense", PEER + ",/ip4/1.2.3.4/tcp/1"})
  void peersNeedAnId(String peers) {
    Result result = run(Map.of(), "init", "--peers", peers);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error : --peers: ");
    assertThat(temp.resolve("peer")).doesNotExist();
  }

  @Test
  void randomPortsAreFree() throws IOException {
    assertThat(run(Map.of(), "init", "--randomports").code()).isZero();
    assertThat(file().object("cluster").text("listen_multiaddress"))
        .matches("/ip4/0\\.0\\.0\\.0/tcp/\\d+")
        .doesNotEndWith("/9096");
    assertThat(file().object("api").object("restapi").text("http_listen_multiaddress"))
        .matches("/ip4/127\\.0\\.0\\.1/tcp/\\d+")
        .doesNotEndWith("/9094");
    assertThat(file().object("api").object("ipfsproxy").text("listen_multiaddress"))
        .matches("/ip4/127\\.0\\.0\\.1/tcp/\\d+")
        .doesNotEndWith("/9095");
    assertThat(file().object("api").object("gateway").text("listen_multiaddress"))
        .matches("/ip4/127\\.0\\.0\\.1/tcp/\\d+")
        .doesNotEndWith("/9098");
  }

  @Test
  void raftIsRefusedWithWhatToDo() {
    Result result = run(Map.of(), "init", "--consensus", "raft");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("raft is not supported", "crdt");
  }

  @Test
  void theFolderComesFromTheEnvironment() {
    Path folder = temp.resolve("other");
    assertThat(runAnywhere(Map.of("IPFS_CLUSTER_PATH", folder.toString()), "init").code()).isZero();
    assertThat(folder.resolve("service.json")).exists();
    assertThat(runAnywhere(Map.of("HOME", temp.toString()), "init").code()).isZero();
    assertThat(temp.resolve(".ipfs-cluster/service.json")).exists();
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "-h, 0", "init --help, 0", "daemon -h, 0", "version, 0"})
  void helpAndVersion(String line, int code) {
    Result result = runAnywhere(Map.of(), line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isNotBlank();
    assertThat(result.out().lines()).allMatch(text -> text.length() <= 120);
  }

  @Test
  void theVersionIsBare() {
    assertThat(runAnywhere(Map.of(), "version").out()).isEqualTo("1.1.6" + System.lineSeparator());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--bogus", "init --bogus", "bogus"})
  void wrongUsageShowsItAndIsNoErrorAsInGo(String line) {
    Result result = runAnywhere(Map.of(), line.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.err()).startsWith("Incorrect Usage: ").contains("Usage: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "daemon | service.json is not there",
        "daemon --bootstrap nonsense | service.json is not there"
      })
  void aDaemonNeedsAFolder(String line, String message) {
    Result result = run(Map.of(), line.split(" "));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error : ").contains(message);
  }

  @Test
  void aBootstrapAddressNeedsAnId() {
    run(Map.of(), "init");
    Result result = run(Map.of(), "daemon", "--bootstrap", "/ip4/1.2.3.4/tcp/5");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error : --bootstrap: ").contains("needs /p2p/ID");
  }

  @Test
  void noSecretIsPrintedOrLogged() throws IOException {
    String secret = "5ec3e7".repeat(11).substring(0, 64);
    Map<String, String> environment = new HashMap<>();
    environment.put("CLUSTER_SECRET", secret);
    environment.put("CLUSTER_RESTAPI_BASICAUTHCREDENTIALS", "me:pass-word-1");
    environment.put("CLUSTER_CRDT_TRUSTEDPEERS", "no-peer");
    environment.put("CLUSTER_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0");
    environment.put("CLUSTER_EMBEDDED_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0");
    Result init = run(environment, "init");
    String identity = Files.readString(temp.resolve("peer/identity.json"));
    String key = Json.parseObject(identity).text("private_key");
    String[] secrets = {secret, "pass-word-1", key};
    assertThat(init.out() + init.err()).doesNotContain(secrets);
    assertThat(logOfAStartThatFails(environment))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).doesNotContain(secrets));
  }

  /** Everything is read and half of it started when a trusted peer turns out to be none. */
  private List<String> logOfAStartThatFails(Map<String, String> environment) {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level level = root.getLevel();
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    root.addAppender(events);
    root.setLevel(Level.TRACE);
    Folder folder = new Folder(temp.resolve("peer"));
    List<String> lines = new ArrayList<>();
    try {
      Settings settings = folder.settings(environment);
      lines.add(settings.toString());
      Node.start(folder, settings, folder.identity(environment), List.of(), true).close();
    } catch (ConfigException e) {
      lines.add(e.toString());
    } finally {
      root.detachAppender(events);
      root.setLevel(level);
    }
    assertThat(lines.getLast()).contains("consensus.crdt.trusted_peers");
    List.copyOf(events.list).forEach(event -> lines.add(event.getFormattedMessage()));
    return lines;
  }
}
