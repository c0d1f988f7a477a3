package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final String SECRET = "0123456789abcdef".repeat(4);
  private static final ClusterSettings.Generated GENERATED =
      new ClusterSettings.Generated("myhost", SECRET);

  /** The sections that both programs have and run. */
  private static final Map<String, List<String>> SHARED =
      Map.of(
          "consensus", List.of("crdt"),
          "api", List.of("restapi", "pinsvcapi"),
          "pin_tracker", List.of("stateless"),
          "monitor", List.of("pubsubmon"),
          "allocator", List.of("balanced"),
          "informer", List.of("disk", "tags", "pinqueue"));

  private static String made() {
    return Settings.initialise(new JsonObject(Map.of()), Map.of(), GENERATED);
  }

  private static JsonObject go() {
    try (InputStream in = SettingsTest.class.getResourceAsStream("go-service.json")) {
      byte[] text = Objects.requireNonNull(in, "go-service.json").readAllBytes();
      return Json.parseObject(new String(text, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNewFileHasGosKeysWithGosDefaultsInGosOrder() {
    JsonObject ours = Json.parseObject(made());
    JsonObject gos = go();
    assertThat(text(ours.get("cluster"))).isEqualTo(text(gos.get("cluster")));
    SHARED.forEach((section, components) ->
        components.forEach(name ->
            assertThat(text(ours.object(section).get(name)))
                .as("%s.%s", section, name)
                .isEqualTo(text(gos.object(section).get(name)))));
  }

  private static String text(@org.jspecify.annotations.Nullable Object value) {
    return Json.writeIndented(value, "  ");
  }

  @Test
  void aNewFileNamesOnlyWhatItRuns() {
    JsonObject ours = Json.parseObject(made());
    assertThat(ours.keys())
        .containsExactlyInAnyOrder(
            "cluster",
            "consensus",
            "api",
            "ipfs_connector",
            "pin_tracker",
            "monitor",
            "allocator",
            "informer",
            "datastore",
            "erasure",
            "observations");
    assertThat(ours.object("consensus").keys()).containsExactly("crdt");
    assertThat(ours.object("api").keys())
        .containsExactly("restapi", "pinsvcapi", "ipfsproxy", "gateway");
    assertThat(ours.object("ipfs_connector").keys()).containsExactly("embedded");
    assertThat(made()).startsWith("{\n  \"cluster\": {\n    \"peername\"").endsWith("}");
  }

  @Test
  void whatWasWrittenLoadsAsItWas() {
    Settings once = Settings.load(made(), Map.of());
    assertThat(once.unknownKeys()).isEmpty();
    assertThat(once.cluster().peerName()).isEqualTo("myhost");
    assertThat(once.cluster().secret()).isPresent();
    assertThat(once.crdt().trustedPeers()).containsExactly("*");
    assertThat(once.cluster().disableRepinning()).isTrue();
    String again = Settings.initialise(Json.parseObject(made()), Map.of(), GENERATED);
    assertThat(again).isEqualTo(made());
  }

  @Test
  void aFileOfGoIsReadAsItIs() {
    JsonObject gos = go();
    Settings settings = Settings.load(Json.write(gos.fields()), Map.of());
    assertThat(settings.unknownKeys()).isEmpty();
    assertThat(settings.cluster().dialPeerTimeout()).hasSeconds(3);
    assertThat(settings.cluster().connectionsHighWater()).isEqualTo(400);
    assertThat(settings.restApi()).isPresent();
    assertThat(settings.ipfsProxy()).isPresent();
    assertThat(settings.gateway()).isEmpty();
    assertThat(settings.ipfsHttp()).isPresent();
    assertThat(settings.allocateBy()).containsExactly("tag:group", "freespace");
  }

  @Test
  void raftIsRefusedWithWhatToDo() {
    assertThatThrownBy(() -> Settings.load("{\"consensus\":{\"raft\":{}}}", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("raft")
        .hasMessageContaining("init");
  }

  @Test
  void unknownVariablesAreNamed() {
    Map<String, String> environment =
        Map.of(
            "CLUSTER_SECRET", "",
            "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRES", "/ip4/127.0.0.1/tcp/1",
            "CLUSTER_PEBBLE_PEBBLEOPTIONS_CACHESIZEBYTES", "1",
            "CLUSTER_RAFT_COMMITRETRIES", "1",
            "CLUSTER_CREDENTIALS", "me:x",
            "CLUSTERS", "x");
    assertThat(Settings.load("{}", environment).unknownVariables()).isEmpty();
    assertThat(Settings.load("{\"api\":{\"restapi\":{}}}", environment).unknownVariables())
        .containsExactly(
            "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRES"
                + " (did you mean CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS?)");
  }

  @Test
  void twoConsensusSectionsAreOneTooMany() {
    assertThatThrownBy(() -> Settings.load("{\"consensus\":{\"raft\":{},\"crdt\":{}}}", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("remove");
  }

  @Test
  void informersRunThatHaveASection() {
    InformerSettings none = Settings.load("{}", Map.of()).informers();
    assertThat(none.disk()).isEmpty();
    assertThat(none.tags()).isEmpty();
    assertThat(none.pinQueue()).isEmpty();
    InformerSettings one = Settings.load("{\"informer\":{\"pinqueue\":{}}}", Map.of()).informers();
    assertThat(one.pinQueue()).isPresent();
    assertThat(one.disk()).isEmpty();
  }

  @Test
  void anEmptyFileMeansWhatGoMeansByIt() {
    Settings settings = Settings.load("{}", Map.of());
    assertThat(settings.restApi()).isEmpty();
    assertThat(settings.cluster().secret()).isEmpty();
    assertThat(settings.cluster().disableRepinning()).isFalse();
    assertThat(settings.crdt().trustedPeers()).isEmpty();
    assertThat(settings.allocateBy()).containsExactly("freespace");
    assertThat(settings.cluster().replicationMin()).isEqualTo(-1);
    assertThat(settings.cluster().peerstoreFile()).isEqualTo("peerstore");
  }

  @Test
  void unknownKeysAreNamedWithTheirPath() {
    String json =
        "{\"bogus\":1,\"cluster\":{\"secret\":\"\",\"peer_name\":\"x\",\"pubsub\":{\"d\":1}},"
            + "\"api\":{\"restapi\":{\"port\":1},\"grpc\":{}},\"informer\":{\"pinqueue\":{\"a\":1}}}";
    assertThat(Settings.load(json, Map.of()).unknownKeys())
        .containsExactlyInAnyOrder(
            "bogus",
            "cluster.peer_name (did you mean peername?)",
            "cluster.pubsub.d",
            "api.restapi.port",
            "api.grpc",
            "informer.pinqueue.a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'cluster':{'peername':7}} | cluster.peername must be a text, not 7",
        "{'cluster':{'leave_on_shutdown':'yes'}} | cluster.leave_on_shutdown must be true or false, not \"yes\"",
        "{'cluster':{'replication_factor_min':'2'}} | cluster.replication_factor_min must be a whole number below 2147483648, not \"2\"",
        "{'cluster':{'replication_factor_min':1.5}} | cluster.replication_factor_min must be a whole number below 2147483648, not 1.5",
        "{'cluster':{'connection_manager':{'high_water':99999999999}}} | cluster.connection_manager.high_water must be a whole number below 2147483648, not 99999999999",
        "{'cluster':{'connection_manager':[]}} | cluster.connection_manager must be an object, not []",
        "{'cluster':7} | cluster must be an object, not 7",
        "{'cluster':{'state_sync_interval':300}} | cluster.state_sync_interval must be a duration such as 10s, 1m30s or 200ms, not 300",
        "{'cluster':{'state_sync_interval':'5 minutes'}} | cluster.state_sync_interval must be a duration such as 10s, 1m30s or 200ms, not \"5 minutes\"",
        "{'cluster':{'state_sync_interval':'0s'}} | cluster.state_sync_interval must be longer than zero, not 0s",
        "{'cluster':{'monitor_ping_interval':'-5s'}} | cluster.monitor_ping_interval must be longer than zero, not -5s",
        "{'cluster':{'listen_multiaddress':'0.0.0.0:9096'}} | cluster.listen_multiaddress must be an address such as /ip4/127.0.0.1/tcp/9094, or a list of such, not \"0.0.0.0:9096\"",
        "{'cluster':{'listen_multiaddress':[7]}} | cluster.listen_multiaddress must be an address",
        "{'cluster':{'replication_factor_min':3,'replication_factor_max':2}} | cluster.replication_factor_min and replication_factor_max must both be -1, or at least 1 with the first not above the second; not 3 and 2",
        "{'cluster':{'replication_factor_min':-1,'replication_factor_max':2}} | cluster.replication_factor_min and",
        "{'cluster':{'replication_factor_min':-2,'replication_factor_max':-2}} | cluster.replication_factor_min and",
        "{'cluster':{'pin_only_on_trusted_peers':true,'pin_only_on_untrusted_peers':true}} | cluster.pin_only_on_trusted_peers and",
        "{'cluster':{'connection_manager':{'high_water':0}}} | cluster.connection_manager.high_water must be greater than zero, not 0",
        "{'cluster':{'secret':'abc'}} | cluster.secret must be 64 hexadecimal digits",
        "{'cluster':{'secret':7}} | cluster.secret must be a text, not what was given",
        "{'api':{'restapi':{'max_header_bytes':100}}} | api.restapi.max_header_bytes must be at least 4096",
        "{'api':{'restapi':{'basic_auth_credentials':{}}}} | api.restapi.basic_auth_credentials must be",
        "{'api':{'restapi':{'basic_auth_credentials':{'me':7}}}} | api.restapi.basic_auth_credentials must be an object of texts, or as a variable key:value,key:value, not what was given",
        "{'pin_tracker':{'stateless':{'concurrent_pins':0}}} | pin_tracker.stateless.concurrent_pins must be greater than zero, not 0",
        "{'erasure':{'cell_size_bytes':0}} | erasure.cell_size_bytes must be greater than zero, not 0",
        "{'erasure':{'cell_size_bytes':4294967296}} | erasure.cell_size_bytes must be a whole number below 2147483648, not 4294967296",
        "{'informer':{'tags':{'tags':['a']}}} | informer.tags.tags must be an object of texts",
        "{'allocator':{'balanced':{'allocate_by':7}}} | allocator.balanced.allocate_by must be a text or a list of texts, not 7"
      })
  void badValuesSayWhichKeyWhatWasGivenAndWhatIsExpected(String json, String message) {
    assertThatThrownBy(() -> Settings.load(json.replace('\'', '"'), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{} {}", "nonsense", "{\"cluster\":{\"peername\":\"x\"}"})
  void whatIsNoJsonObjectIsRefused(String json) {
    assertThatThrownBy(() -> Settings.load(json, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("service.json cannot be read: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CLUSTER_REPLICATIONFACTORMIN | x | environment variable CLUSTER_REPLICATIONFACTORMIN must be a whole number below 2147483648, not \"x\"",
        "CLUSTER_REPLICATIONFACTORMIN | '' | environment variable CLUSTER_REPLICATIONFACTORMIN must be",
        "CLUSTER_DISABLEREPINNING | maybe | environment variable CLUSTER_DISABLEREPINNING must be true or false, not \"maybe\"",
        "CLUSTER_DISABLEREPINNING | '' | environment variable CLUSTER_DISABLEREPINNING must be",
        "CLUSTER_MONITORPINGINTERVAL | 5 | environment variable CLUSTER_MONITORPINGINTERVAL must be a duration",
        "CLUSTER_LISTENMULTIADDRESS | /ip4/x | environment variable CLUSTER_LISTENMULTIADDRESS must be an address",
        "CLUSTER_RESTAPI_BASICAUTHCREDENTIALS | '' | api.restapi.basic_auth_credentials must be null or name a user",
        "CLUSTER_RESTAPI_BASICAUTHCREDENTIALS | me | environment variable CLUSTER_RESTAPI_BASICAUTHCREDENTIALS must be an object of texts, or as a variable key:value,key:value, not what was given",
      })
  void badVariablesAreNamed(String variable, String value, String message) {
    assertThatThrownBy(() -> Settings.load(made(), Map.of(variable, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anEmptySecretInTheEnvironmentOpensTheNetworkAsInGo() {
    assertThat(Settings.load(made(), Map.of("CLUSTER_SECRET", "")).cluster().secret()).isEmpty();
  }

  @Test
  void variablesAreWrittenIntoANewFile() {
    Map<String, String> environment =
        Map.of("CLUSTER_PEERNAME", "mine", "CLUSTER_CRDT_TRUSTEDPEERS", "a,b");
    JsonObject file =
        Json.parseObject(Settings.initialise(new JsonObject(Map.of()), environment, GENERATED));
    assertThat(file.object("cluster").text("peername")).isEqualTo("mine");
    assertThat(file.object("consensus").object("crdt").texts("trusted_peers"))
        .containsExactly("a", "b");
  }

  @Test
  void presetsTakeThePlaceOfDefaults() {
    JsonObject presets =
        Json.parseObject("{\"cluster\":{\"listen_multiaddress\":[\"/ip4/1.2.3.4/tcp/5\"]}}");
    String json = Settings.initialise(presets, Map.of(), GENERATED);
    assertThat(Json.parseObject(json).object("cluster").text("listen_multiaddress"))
        .isEqualTo("/ip4/1.2.3.4/tcp/5");
  }

  @Test
  void nothingShowsASecret() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("CLUSTER_RESTAPI_BASICAUTHCREDENTIALS", "me:pass-word-1");
    Settings settings = Settings.load(made(), environment);
    assertThat(settings.toString()).doesNotContain(SECRET, "pass-word-1");
    for (String bad : Set.of(SECRET + "0", SECRET.substring(1), "xy" + SECRET.substring(2))) {
      assertThatThrownBy(() -> Settings.load(made(), Map.of("CLUSTER_SECRET", bad)))
          .isInstanceOf(ConfigException.class)
          .satisfies(e -> assertThat(everything(e)).doesNotContain(bad));
    }
    for (String bad : Set.of("me:pass-word-1:x", "pass-word-1")) {
      Map<String, String> wrong = Map.of("CLUSTER_RESTAPI_BASICAUTHCREDENTIALS", bad);
      assertThatThrownBy(() -> Settings.load(made(), wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageNotContaining("pass-word-1");
    }
  }

  private static String everything(Throwable error) {
    return String.valueOf(error.getMessage());
  }
}
