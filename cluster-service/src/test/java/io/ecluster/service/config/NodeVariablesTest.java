package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The sections about Kubo, the proxy and the gateway. */
class NodeVariablesTest {
  private static final ClusterSettings.Generated GENERATED =
      new ClusterSettings.Generated("host", "");
  private static final String FILE =
      "{\"api\":{\"ipfsproxy\":{},\"gateway\":{}},\"ipfs_connector\":{\"ipfshttp\":{}}}";
  private static final Duration SEVEN = Duration.ofSeconds(7);

  private static Arguments row(
      String variable, String value, Function<Settings, Object> read, Object expected) {
    return Arguments.of("CLUSTER_" + variable, value, read, expected);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        row(
            "IPFSHTTP_NODEMULTIADDRESS",
            "/dns4/ipfs0/tcp/5001",
            s -> kubo(s).nodeAddress().toString(),
            "/dns4/ipfs0/tcp/5001"),
        row("IPFSHTTP_NODEHTTPS", "true", s -> kubo(s).nodeHttps(), true),
        row("IPFSHTTP_APIAUTH", "bearer:t", s -> kubo(s).apiAuth(), "bearer:t"),
        row("IPFSHTTP_CONNECTSWARMSDELAY", "7s", s -> kubo(s).connectSwarmsDelay(), SEVEN),
        row("IPFSHTTP_IPFSREQUESTTIMEOUT", "7s", s -> kubo(s).requestTimeout(), SEVEN),
        row("IPFSHTTP_PINTIMEOUT", "7s", s -> kubo(s).pinTimeout(), SEVEN),
        row("IPFSHTTP_UNPINTIMEOUT", "7s", s -> kubo(s).unpinTimeout(), SEVEN),
        row("IPFSHTTP_REPOGCTIMEOUT", "7s", s -> kubo(s).repoGcTimeout(), SEVEN),
        row("IPFSHTTP_INFORMERTRIGGERINTERVAL", "7", s -> kubo(s).informerTriggerInterval(), 7),
        row("IPFSHTTP_UNPINDISABLE", "true", s -> kubo(s).unpinDisable(), true),
        row(
            "IPFSHTTP_BITSWAPLISTENMULTIADDRESS",
            "",
            s -> kubo(s).bitswapListenAddresses(),
            List.of()),
        row("IPFSHTTP_SWARMKEYFILE", "k", s -> kubo(s).swarmKeyFile(), "k"),
        row("IPFSPROXY_LISTENMULTIADDRESS", "", s -> proxy(s).listenAddresses(), List.of()),
        row(
            "IPFSPROXY_NODEMULTIADDRESS",
            "/ip4/1.2.3.4/tcp/5",
            s -> proxy(s).nodeAddress().toString(),
            "/ip4/1.2.3.4/tcp/5"),
        row("IPFSPROXY_NODEHTTPS", "true", s -> proxy(s).nodeHttps(), true),
        row("IPFSPROXY_READHEADERTIMEOUT", "7s", s -> proxy(s).timeouts().readHeader(), SEVEN),
        row("IPFSPROXY_IDLETIMEOUT", "7s", s -> proxy(s).timeouts().idle(), SEVEN),
        row("IPFSPROXY_READTIMEOUT", "7s", s -> proxy(s).timeouts().read(), SEVEN),
        row("IPFSPROXY_WRITETIMEOUT", "7s", s -> proxy(s).timeouts().write(), SEVEN),
        row("IPFSPROXY_LOGFILE", "p.log", s -> proxy(s).logFile(), "p.log"),
        row("IPFSPROXY_MAXHEADERBYTES", "8192", s -> proxy(s).maxHeaderBytes(), 8192),
        row(
            "IPFSPROXY_EXTRACTHEADERSEXTRA",
            "A,B",
            s -> proxy(s).extractHeadersExtra(),
            List.of("A", "B")),
        row("IPFSPROXY_EXTRACTHEADERSPATH", "/x", s -> proxy(s).extractHeadersPath(), "/x"),
        row("IPFSPROXY_EXTRACTHEADERSTTL", "7s", s -> proxy(s).extractHeadersTtl(), SEVEN),
        row("GATEWAY_LISTENMULTIADDRESS", "", s -> gateway(s).listenAddresses(), List.of()),
        row("GATEWAY_READHEADERTIMEOUT", "7s", s -> gateway(s).readHeaderTimeout(), SEVEN),
        row("GATEWAY_IDLETIMEOUT", "7s", s -> gateway(s).idleTimeout(), SEVEN),
        row("GATEWAY_MAXHEADERBYTES", "8192", s -> gateway(s).maxHeaderBytes(), 8192),
        row("ERASURE_REBUILTCACHEBYTES", "4096", s -> s.erasure().rebuiltCacheBytes(), 4096L),
        row(
            "ERASURE_REBUILDBYTESPERSECONDFOROTHERS",
            "4096",
            s -> s.erasure().rebuildBytesPerSecondForOthers(),
            4096L));
  }

  private static IpfsHttpSettings kubo(Settings settings) {
    return settings.ipfsHttp().orElseThrow();
  }

  private static IpfsProxySettings proxy(Settings settings) {
    return settings.ipfsProxy().orElseThrow();
  }

  private static GatewaySettings gateway(Settings settings) {
    return settings.gateway().orElseThrow();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void variablesAct(
      String variable, String value, Function<Settings, Object> read, Object expected) {
    assertThat(read.apply(Settings.load(FILE, Map.of()))).as("without it").isNotEqualTo(expected);
    assertThat(read.apply(Settings.load(FILE, Map.of(variable, value)))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void whatAVariableSaysIsWrittenIntoANewFile(
      String variable, String value, Function<Settings, Object> read, Object expected) {
    String made = Settings.initialise(Json.parseObject(FILE), Map.of(variable, value), GENERATED);
    assertThat(read.apply(Settings.load(made, Map.of()))).isEqualTo(expected);
  }

  @Test
  void kuboIsUsedWhenTheEnvironmentNamesOne() {
    Map<String, String> named = Map.of("CLUSTER_IPFSHTTP_NODEMULTIADDRESS", "/dns4/k/tcp/5001");
    assertThat(Settings.load("{}", Map.of()).ipfsHttp()).isEmpty();
    assertThat(Settings.load("{}", named).ipfsHttp()).isPresent();
    assertThat(connectors(Map.of())).containsExactly("embedded");
    assertThat(connectors(named)).containsExactly("ipfshttp");
  }

  private static List<String> connectors(Map<String, String> environment) {
    String made = Settings.initialise(new JsonObject(Map.of()), environment, GENERATED);
    return List.copyOf(Json.parseObject(made).object("ipfs_connector").keys());
  }

  @Test
  void serversThatAreNotInTheFileAreOff() {
    Settings settings = Settings.load("{}", Map.of());
    assertThat(settings.ipfsProxy()).isEmpty();
    assertThat(settings.gateway()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'ipfs_connector':{'ipfshttp':{'node_multiaddress':'localhost:5001'}}} | ipfs_connector.ipfshttp.node_multiaddress must be an address such as /ip4/127.0.0.1/tcp/5001, not \"localhost:5001\"",
        "{'ipfs_connector':{'ipfshttp':{'node_multiaddress':[]}}} | ipfs_connector.ipfshttp.node_multiaddress must be an address",
        "{'ipfs_connector':{'ipfshttp':{'pin_timeout':'0s'}}} | ipfs_connector.ipfshttp.pin_timeout must be longer than zero, not 0s",
        "{'ipfs_connector':{'ipfshttp':{'api_auth':'hunter2'}}} | ipfs_connector.ipfshttp.api_auth must be bearer:TOKEN or basic:USER:PASSWORD",
        "{'ipfs_connector':{'ipfshttp':{'api_auth':7}}} | ipfs_connector.ipfshttp.api_auth must be a text, not what was given",
        "{'api':{'ipfsproxy':{'max_header_bytes':1}}} | api.ipfsproxy.max_header_bytes must be at least 4096, not 1",
        "{'api':{'gateway':{'max_header_bytes':1}}} | api.gateway.max_header_bytes must be at least 4096, not 1",
        "{'erasure':{'rebuilt_cache_bytes':0}} | erasure.rebuilt_cache_bytes must be greater than zero, not 0"
      })
  void badValuesAreNamed(String json, String message) {
    assertThatThrownBy(() -> Settings.load(json.replace('\'', '"'), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void credentialsForKuboAreNotShown() {
    Map<String, String> environment = Map.of("CLUSTER_IPFSHTTP_APIAUTH", "basic:me:pass-word-1");
    assertThat(Settings.load(FILE, environment).toString()).doesNotContain("pass-word-1");
  }
}
