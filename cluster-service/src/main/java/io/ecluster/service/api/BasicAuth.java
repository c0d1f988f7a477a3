package io.ecluster.service.api;

import io.ecluster.service.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;

/** Checks the Authorization header against the configured users, in constant time. */
final class BasicAuth {
  private static final String SCHEME = "basic ";
  private static final String REALM = "Basic realm=\"Restricted IPFS Cluster API\"";

  private final Map<String, String> credentials;

  BasicAuth(Map<String, String> credentials) {
    this.credentials = Map.copyOf(credentials);
  }

  /** Whether the request may go on; if not it has been answered. */
  boolean admits(Exchange exchange) {
    String header = exchange.header("Authorization");
    if (header.isEmpty()) {
      return refuse(exchange, "unauthorized: no auth provided");
    }
    return matches(header) || refuse(exchange, "unauthorized: access denied");
  }

  private boolean matches(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] given = decode(header.substring(SCHEME.length()).strip());
    boolean match = false;
    for (Map.Entry<String, String> user : credentials.entrySet()) {
      boolean usable = !user.getKey().isEmpty() && !user.getValue().isEmpty();
      byte[] expected = (user.getKey() + ":" + user.getValue()).getBytes(StandardCharsets.UTF_8);
      boolean equal = MessageDigest.isEqual(expected, given); // before usable: always compared
      match |= equal && usable;
    }
    return match;
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static boolean refuse(Exchange exchange, String message) {
    exchange.setHeader("WWW-Authenticate", REALM);
    exchange.answer(401, ApiJson.error(401, message));
    return false;
  }
}
