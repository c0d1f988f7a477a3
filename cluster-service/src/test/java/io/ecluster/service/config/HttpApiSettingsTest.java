package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.HttpApiSettings.Timeouts;
import io.ecluster.service.config.HttpApiSettings.Tls;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each key of {@code api.restapi} and {@code api.pinsvcapi}, in the file and as a variable. */
class HttpApiSettingsTest {
  private static final Duration SEVEN = Duration.ofSeconds(7);
  private static final Identity IDENTITY = Identity.generate(new SecureRandom());
  private static final List<String> SECTIONS = List.of("restapi", "pinsvcapi");

  private static HttpApiSettings load(
      String section, String json, Map<String, String> environment) {
    Settings settings =
        Settings.load("{'api':{'%s':%s}}".formatted(section, json).replace('\'', '"'), environment);
    assertThat(settings.unknownKeys()).isEmpty();
    return (section.equals("restapi") ? settings.restApi() : settings.pinningService())
        .orElseThrow();
  }

  private static Arguments row(
      String key,
      String json,
      String variable,
      Function<HttpApiSettings, Object> read,
      Object expected) {
    return Arguments.of(key, json, variable, read, expected);
  }

  static Stream<Arguments> keys() {
    List<String> pair = List.of("a", "b");
    return Stream.of(
        row(
            "http_listen_multiaddress",
            "['/unix//run/a','/ip6/::1/tcp/1']",
            "/unix//run/a,/ip6/::1/tcp/1",
            HttpApiSettings::listenAddresses,
            List.of(Multiaddr.parse("/unix//run/a"), Multiaddr.parse("/ip6/::1/tcp/1"))),
        row("read_timeout", "'7s'", "7s", s -> s.timeouts().read(), SEVEN),
        row("read_header_timeout", "'7s'", "7s", s -> s.timeouts().readHeader(), SEVEN),
        row("write_timeout", "'7s'", "7s", s -> s.timeouts().write(), SEVEN),
        row("idle_timeout", "'7s'", "7s", s -> s.timeouts().idle(), SEVEN),
        row("max_header_bytes", "8192", "8192", HttpApiSettings::maxHeaderBytes, 8192),
        row(
            "basic_auth_credentials",
            "{'me':'pw'}",
            "me:pw",
            HttpApiSettings::users,
            Optional.of(Map.of("me", "pw"))),
        row("http_log_file", "'log'", "log", HttpApiSettings::logFile, "log"),
        row("headers", "{'X':['y']}", "X:y", HttpApiSettings::headers, Map.of("X", List.of("y"))),
        row("cors_allowed_origins", "['a','b']", "a,b", s -> s.cors().origins(), pair),
        row("cors_allowed_methods", "['a','b']", "a,b", s -> s.cors().methods(), pair),
        row("cors_allowed_headers", "['a','b']", "a,b", s -> s.cors().allowedHeaders(), pair),
        row("cors_exposed_headers", "['a','b']", "a,b", s -> s.cors().exposedHeaders(), pair),
        row("cors_allow_credentials", "true", "true", s -> s.cors().credentials(), true),
        row("cors_max_age", "'7s'", "7s", s -> s.cors().maxAge(), SEVEN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  void eachKeyActsInTheFileAndAsAVariable(
      String key,
      String json,
      String variable,
      Function<HttpApiSettings, Object> read,
      Object expected) {
    for (String section : SECTIONS) {
      String name =
          "CLUSTER_%s_%s"
              .formatted(section, key.replace("_", ""))
              .toUpperCase(java.util.Locale.ROOT);
      assertThat(read.apply(load(section, "{}", Map.of()))).isNotEqualTo(expected);
      assertThat(read.apply(load(section, "{'%s':%s}".formatted(key, json), Map.of())))
          .isEqualTo(expected);
      assertThat(read.apply(load(section, "{}", Map.of(name, variable)))).isEqualTo(expected);
    }
  }

  @Test
  void whatIsMissingMeansWhatGoMeansByIt() {
    for (String section : SECTIONS) {
      HttpApiSettings empty = load(section, "{}", Map.of());
      assertThat(empty.timeouts()).isEqualTo(Timeouts.STANDARD);
      assertThat(empty.maxHeaderBytes()).isEqualTo(4096);
      assertThat(empty.cors())
          .isEqualTo(
              new CorsSettings(List.of(), List.of(), List.of(), List.of(), false, Duration.ZERO));
      assertThat(empty.tls()).isEmpty();
      assertThat(empty.libp2p()).isEmpty();
      assertThat(empty.users()).isEmpty();
      assertThat(empty.headers()).isEmpty();
    }
    assertThat(load("restapi", "{}", Map.of()).listenAddresses())
        .containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/9094"));
    assertThat(load("pinsvcapi", "{}", Map.of()).listenAddresses())
        .containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/9097"));
  }

  @Test
  void withoutTheSectionThereIsNoServer() {
    Settings settings = Settings.load("{}", Map.of());
    assertThat(settings.restApi()).isEmpty();
    assertThat(settings.pinningService()).isEmpty();
    assertThat(load("pinsvcapi", "{'http_listen_multiaddress':[]}", Map.of()).isOn()).isFalse();
    assertThat(load("pinsvcapi", "{}", Map.of()).isOn()).isTrue();
  }

  @Test
  void theNewFileSaysWhatGosSays() {
    String made =
        Settings.initialise(
            new JsonObject(Map.of()), Map.of(), new ClusterSettings.Generated("host", ""));
    JsonObject api = Json.parseObject(made).object("api");
    for (String section : SECTIONS) {
      assertThat(api.object(section).keys()).hasSize(15);
      assertThat(Settings.load(made, Map.of()).restApi().orElseThrow().cors())
          .isEqualTo(CorsSettings.STANDARD);
    }
  }

  @Test
  void certificatesAndLibp2pAreRead() {
    HttpApiSettings tls = load("restapi", "{'ssl_cert_file':'c','ssl_key_file':'k'}", Map.of());
    assertThat(tls.tls()).contains(new Tls("c", "k"));
    HttpApiSettings libp2p =
        load("restapi", libp2p(IDENTITY.id().toString(), IDENTITY.privateKeyBase64()), Map.of());
    assertThat(libp2p.libp2p().orElseThrow().listenAddresses())
        .containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    assertThat(libp2p.libp2p().orElseThrow().identity().id()).isEqualTo(IDENTITY.id());
    assertThat(libp2p.isOn()).isTrue();
  }

  private static String libp2p(String id, String key) {
    return "{'libp2p_listen_multiaddress':'/ip4/127.0.0.1/tcp/0','id':'%s','private_key':'%s'}"
        .formatted(id, key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'ssl_cert_file':'x.pem'} | ssl_cert_file and ssl_key_file go together",
        "{'ssl_key_file':'x.pem'} | ssl_cert_file and ssl_key_file go together",
        "{'basic_auth_credentials':{}} | basic_auth_credentials must be null or name a user",
        "{'max_header_bytes':4095} | max_header_bytes must be at least 4096, not 4095",
        "{'id':'x'} | set all of libp2p_listen_multiaddress, id and private_key, or none",
        "{'libp2p_listen_multiaddress':'/ip4/1.2.3.4/tcp/1'} | set all of libp2p_listen_multiaddress",
        "{'headers':{'a':[7]}} | headers must be an object of lists of texts",
        "{'cors_max_age':7} | cors_max_age must be a duration"
      })
  void whatCannotBeIsRefused(String json, String message) {
    for (String section : SECTIONS) {
      assertThatThrownBy(() -> load(section, json, Map.of()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("api." + section)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c2VjcmV0LWtleQ==", "no base64"})
  void keysThatAreNoneAreRefusedAndNotRepeated(String key) {
    assertThatThrownBy(() -> load("restapi", libp2p(IDENTITY.id().toString(), key), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("api.restapi.private_key cannot be read")
        .hasMessageNotContaining(key);
  }

  @Test
  void anIdOfAnotherKeyIsRefused() {
    String other = Identity.generate(new SecureRandom()).id().toString();
    assertThatThrownBy(() -> load("restapi", libp2p(other, IDENTITY.privateKeyBase64()), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("does not belong to private_key")
        .hasMessageNotContaining(IDENTITY.privateKeyBase64());
  }

  @Test
  void passwordsAreNotShown() {
    HttpApiSettings settings =
        load("restapi", "{'basic_auth_credentials':{'me':'s3cret'}}", Map.of());
    assertThat(settings.toString()).doesNotContain("s3cret");
  }
}
