package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.service.api.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens over a real socket. The server's clock stands at 1770091506.5. */
class UsersTest {
  private static final String REALM = "realm=\"Restricted IPFS Cluster API\"";

  private final TestServer server =
      new TestServer().withUser("me", "secret").withUser("you", "other").withUser("empty", "");

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String token(String header, String claims, String mac, String key)
      throws Exception {
    String signed = base64(header) + "." + base64(claims);
    Mac hash = Mac.getInstance(mac);
    hash.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), mac));
    byte[] signature = hash.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HS256 | HmacSHA256 | {'iss':'me'} | secret | 200",
        "HS384 | HmacSHA384 | {'iss':'me'} | secret | 200",
        "HS512 | HmacSHA512 | {'iss':'you','x':1} | other | 200",
        "HS256 | HmacSHA256 | {'iss':'me','exp':1770091507} | secret | 200",
        "HS256 | HmacSHA256 | {'iss':'me','exp':1770091507.5} | secret | 200",
        "HS256 | HmacSHA256 | {'iss':'me','nbf':1770091506,'iat':1770091506} | secret | 200",
        "HS256 | HmacSHA256 | {'iss':'me','exp':1770091506} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'me','exp':0} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'me','exp':'never'} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'me','nbf':1770091507} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'me','iat':1770091507} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'me'} | wrong | 401",
        "HS256 | HmacSHA512 | {'iss':'me'} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'you'} | secret | 401",
        "HS256 | HmacSHA256 | {'iss':'nobody'} | nobody | 401",
        "HS256 | HmacSHA256 | {'iss':'empty'} | nobody | 401",
        "HS256 | HmacSHA256 | {'iss':7} | secret | 401",
        "HS256 | HmacSHA256 | {} | nobody | 401",
        "HS256 | HmacSHA256 | [] | secret | 401",
        "none | HmacSHA256 | {'iss':'me'} | secret | 401",
        "RS256 | HmacSHA256 | {'iss':'me'} | secret | 401"
      })
  void tokensPassWhenSignedByTheirIssuerAndInTime(
      String algorithm, String mac, String claims, String key, int status) throws Exception {
    String token =
        token(
            "{\"alg\":\"%s\",\"typ\":\"JWT\"}".formatted(algorithm),
            claims.replace('\'', '"'),
            mac,
            key);
    for (String scheme : List.of("Bearer ", "bearer ", "BEARER ")) {
      TestServer.Answer answer = server.ask("GET", "/id", "Authorization: " + scheme + token);
      assertThat(answer.status()).isEqualTo(status);
      if (status == 401) {
        assertThat(answer.text())
            .isEqualTo("{\"code\":401,\"message\":\"unauthorized: invalid token\"}\n");
        assertThat(answer.header("www-authenticate"))
            .isEqualTo("Bearer " + REALM + ", error=\"invalid_token\"");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "abc", "a.b", "a.b.c", "a.b.c.d", "...", "e30.e30.", "%%.%%.%%"})
  void whatIsNoTokenIsRefused(String text) throws IOException {
    TestServer.Answer answer = server.ask("GET", "/id", "Authorization: Bearer " + text + ".");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text()).contains("invalid token");
  }

  @Test
  void anUnsignedTokenIsRefused() throws IOException {
    String token = base64("{\"alg\":\"none\"}") + "." + base64("{\"iss\":\"me\"}") + ".";
    assertThat(server.ask("GET", "/id", "Authorization: Bearer " + token).status()).isEqualTo(401);
  }

  /** Byte for byte what Go's server gives for this user and password. */
  @Test
  void aTokenIsGivenForAPassword() throws Exception {
    TestServer.Answer answer = server.ask("POST", "/token", basic("me:secret"));
    assertThat(answer.status()).isEqualTo(200);
    String token = Json.parseObject(answer.text()).text("token");
    assertThat(token)
        .isEqualTo(
            token(
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{\"iss\":\"me\"}", "HmacSHA256", "secret"));
    TestServer.Answer again = server.ask("POST", "/token", "Authorization: Bearer " + token);
    assertThat(again.text()).isEqualTo(answer.text());
    assertThat(server.ask("GET", "/id", "Authorization: Bearer " + token).status()).isEqualTo(200);
  }

  @Test
  void nobodyGetsATokenForNothing() throws IOException {
    assertThat(server.ask("POST", "/token").status()).isEqualTo(401);
    assertThat(server.ask("POST", "/token", basic("me:wrong")).status()).isEqualTo(401);
    try (TestServer open = new TestServer().start()) {
      TestServer.Answer answer = open.ask("POST", "/token", basic("me:secret"));
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text()).isEqualTo("{\"code\":401,\"message\":\"unauthorized\"}\n");
    }
  }

  private static String basic(String pair) {
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
