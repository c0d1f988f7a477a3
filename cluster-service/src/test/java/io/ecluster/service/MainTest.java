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
import java.io.IOException;
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

  private CommandLine.Result run(Map<String, String> environment, String... arguments) {
    return new CommandLine(temp.resolve("peer"), environment).run(arguments);
  }

  private static CommandLine.Result runAnywhere(
      Map<String, String> environment, String... arguments) {
    return CommandLine.anywhere(environment, arguments);
  }

  private JsonObject file() throws IOException {
    return Json.parseObject(Files.readString(temp.resolve("peer/service.json")));
  }

  @Test
  void initMakesAPeer() throws IOException {
    CommandLine.Result result = run(Map.of(), "init");
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
    CommandLine.Result declined = run(Map.of(), "init");
    assertThat(declined.code()).isZero();
    assertThat(declined.out())
        .isEqualTo("The configuration file will be overwritten. Continue? [y/n]: ");
    assertThat(file().object("cluster").text("secret")).isEqualTo(before);
    for (String[] line : new String[][] {{"init", "-f"}, {"-f", "init"}, {"init", "--force"}}) {
      assertThat(run(Map.of(), line).code()).isZero();
    }
    assertThat(file().object("cluster").text("secret")).isNotEqualTo(before);
    assertThat(temp.resolve("peer/identity.json")).hasContent(identity);
    assertThat(temp.resolve("peer/peerstore")).isEmptyFile();
  }

  @Test
  void initAsksBeforeItReplaces() throws IOException {
    run(Map.of(), "init");
    String before = file().object("cluster").text("secret");
    CommandLine line = new CommandLine(temp.resolve("peer"), Map.of());
    assertThat(line.typing("perhaps\nwhy\nn\n").run("init").out())
        .contains("Please press either 'y' or 'n'");
    assertThat(line.typing("x\nx\nx\ny\n").run("init").code()).as("three tries").isZero();
    assertThat(file().object("cluster").text("secret")).isEqualTo(before);
    assertThat(line.typing("y\n").run("init").code()).isZero();
    assertThat(file().object("cluster").text("secret")).isNotEqualTo(before);
  }

  @Test
  void theSecretMayBeTyped() throws IOException {
    String secret = "0123456789abcdef".repeat(4);
    CommandLine line = new CommandLine(temp.resolve("peer"), Map.of());
    assertThat(line.typing("short\n").run("init", "-s").err()).contains("64 hexadecimal digits");
    CommandLine.Result result = line.typing(secret + "\n").run("init", "--custom-secret");
    assertThat(result.out()).isEqualTo("Enter cluster secret (32-byte hex string): ");
    assertThat(file().object("cluster").text("secret")).isEqualTo(secret);
  }

  @Test
  void aFolderInUseIsNotInitialised() {
    run(Map.of(), "init");
    try (Folder.Lock _ = new Folder(temp.resolve("peer")).lock()) {
      CommandLine.Result result = run(Map.of(), "init", "--force");
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("cluster.lock", "another ipfs-cluster-service");
    }
  }

  @Test
  void aRemoteConfigurationIsOnlyNamed() throws IOException {
    CommandLine.Result result = run(Map.of(), "init", "http://127.0.0.1:1/service.json");
    assertThat(result.code()).isZero();
    assertThat(file().fields())
        .containsExactly(Map.entry("source", "http://127.0.0.1:1/service.json"));
    assertThat(temp.resolve("peer/peerstore")).doesNotExist();
    assertThat(run(Map.of(), "init", "-f", "ftp://x").err()).contains("http or https");
    assertThat(run(Map.of(), "state", "export").err())
        .contains("could not fetch configuration from source http://127.0.0.1:1/service.json");
  }

  @Test
  void datastoresOfGoAreAcceptedAndOthersAreNot() {
    assertThat(run(Map.of(), "init", "--datastore", "pebble").code()).isZero();
    CommandLine.Result refused = run(Map.of(), "init", "-f", "-datastore=oracle");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("--datastore must be one of");
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
    CommandLine.Result result = run(Map.of(variable, value), "init", "--force");
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
    CommandLine.Result result = run(Map.of(), "init", "--peers", peers);
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
    CommandLine.Result result = run(Map.of(), "init", "--consensus", "raft");
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
  @CsvSource({
    "'', 1",
    "-h, 0",
    "help, 0",
    "h init, 0",
    "help state crdt dot, 0",
    "init --help, 0",
    "daemon -h, 0",
    "state, 0",
    "state crdt, 0",
    "version, 0",
    "--version, 0",
    "-v, 0"
  })
  void helpAndVersion(String line, int code) {
    CommandLine.Result result =
        runAnywhere(Map.of(), line.isEmpty() ? new String[0] : line.split(" "));
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
  @ValueSource(strings = {"--bogus", "init --bogus", "state export --bogus"})
  void wrongFlagsShowTheUsageAndAreNoErrorAsInGo(String line) {
    CommandLine.Result result = runAnywhere(Map.of(), line.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("Incorrect Usage: ").contains("Usage: ");
  }

  @ParameterizedTest
  @CsvSource({"bogus, 1", "state bogus, 3", "help bogus, 3"})
  void wrongCommandsAreErrors(String line, int code) {
    CommandLine.Result result = runAnywhere(Map.of(), line.split(" "));
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.err().strip()).isEqualTo("No help topic for 'bogus'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "daemon | service.json is not there",
        "daemon --bootstrap nonsense | service.json is not there"
      })
  void aDaemonNeedsAFolder(String line, String message) {
    CommandLine.Result result = run(Map.of(), line.split(" "));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error : ").contains(message);
  }

  @Test
  void aBootstrapAddressNeedsAnId() {
    run(Map.of(), "init");
    CommandLine.Result result = run(Map.of(), "daemon", "--bootstrap", "/ip4/1.2.3.4/tcp/5");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("error : --bootstrap: ").contains("needs /p2p/ID");
  }

  @Test
  void noSecretIsPrintedOrLogged() throws IOException {
    String secret = "5ec3e7".repeat(11).substring(0, 64);
    Map<String, String> environment = new HashMap<>();
    environment.put("CLUSTER_SECRET", secret);
    environment.put("CLUSTER_MDNSINTERVAL", "0s");
    environment.put("CLUSTER_RESTAPI_BASICAUTHCREDENTIALS", "me:pass-word-1");
    environment.put("CLUSTER_CRDT_TRUSTEDPEERS", "no-peer");
    environment.put("CLUSTER_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0");
    environment.put("CLUSTER_EMBEDDED_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/0");
    CommandLine.Result init = run(environment, "init");
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
