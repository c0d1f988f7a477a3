package io.ecluster.service.http;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * JSON web tokens (RFC 7519) signed by HMAC. The issuer is a user, the key that user's password.
 * Tokens made here say nothing but the issuer, as Go's do: they are good for as long as the
 * password is.
 */
final class Tokens {
  private static final Map<String, String> ALGORITHMS =
      Map.of("HS256", "HmacSHA256", "HS384", "HmacSHA384", "HS512", "HmacSHA512");

  private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

  /** A token longer than this is none of ours. */
  private static final int MAX_CHARACTERS = 8192;

  private final Map<String, String> passwords;
  private final InstantSource clock;

  Tokens(Map<String, String> passwords, InstantSource clock) {
    this.passwords = Map.copyOf(passwords);
    this.clock = clock;
  }

  /** A token of this user, who must have a password. */
  String create(String issuer) {
    String password = passwords.getOrDefault(issuer, "");
    if (password.isEmpty()) {
      throw new ApiException(401, "unauthorized");
    }
    String signed = encode(bytes(HEADER)) + "." + encode(bytes(Json.write(Map.of("iss", issuer))));
    return signed + "." + encode(sign("HS256", password, signed));
  }

  /** The issuer of a token, if it is good and in its time. */
  Optional<String> issuer(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || token.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    try {
      String algorithm = object(parts[0]).text("alg");
      JsonObject claims = object(parts[1]);
      String issuer = claims.text("iss");
      String password = passwords.getOrDefault(issuer, "");
      if (!ALGORITHMS.containsKey(algorithm)) {
        return Optional.empty();
      }
      // Signed with something even for users that are not there: it takes as long.
      byte[] expected =
          sign(algorithm, password.isEmpty() ? "nobody" : password, parts[0] + "." + parts[1]);
      boolean genuine = MessageDigest.isEqual(expected, decode(parts[2]));
      return genuine && !password.isEmpty() && isInTime(claims)
          ? Optional.of(issuer)
          : Optional.empty();
    } catch (JsonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isInTime(JsonObject claims) {
    double now = clock.millis() / 1000.0;
    return holds(claims, "exp", expiry -> now < expiry)
        && holds(claims, "nbf", begin -> now >= begin)
        && holds(claims, "iat", made -> now >= made);
  }

  /** A claim that is not there holds; one that is no number does not. */
  private static boolean holds(JsonObject claims, String name, DoublePredicate test) {
    return switch (claims.get(name)) {
      case null -> true;
      case Number seconds -> test.test(seconds.doubleValue());
      default -> false;
    };
  }

  private static JsonObject object(String base64) {
    return Json.parseObject(new String(decode(base64), StandardCharsets.UTF_8));
  }

  private static byte[] sign(String algorithm, String key, String text) {
    try {
      String name = ALGORITHMS.getOrDefault(algorithm, "");
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(bytes(key), name));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] decode(String text) {
    return Base64.getUrlDecoder().decode(text);
  }
}
