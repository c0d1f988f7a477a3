package io.ecluster.service.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may call: names and passwords of the configuration, and tokens signed with such a password.
 * All comparisons take the same time whatever is given.
 */
final class Users {
  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";
  private static final String REALM = " realm=\"Restricted IPFS Cluster API\"";

  private final Map<String, String> passwords;
  private final Tokens tokens;

  Users(Map<String, String> passwords, InstantSource clock) {
    this.passwords = Map.copyOf(passwords);
    this.tokens = new Tokens(passwords, clock);
  }

  /** Whether a request may go on. */
  sealed interface Outcome {
    /** It comes from this user. */
    record Admitted(String user) implements Outcome {}

    /** It does not, and is told how to prove who it comes from. */
    record Refused(String message, List<String> challenges) implements Outcome {}
  }

  Outcome look(Exchange x) {
    String header = x.header("Authorization");
    Optional<Pair> basic = basic(header);
    if (basic.isPresent()) {
      return matches(basic.get())
          ? new Outcome.Admitted(basic.get().name())
          : refused("access denied", "Basic" + REALM);
    }
    if (startsWith(header, BEARER)) {
      Optional<String> issuer = tokens.issuer(header.substring(BEARER.length()));
      return issuer.isPresent()
          ? new Outcome.Admitted(issuer.get())
          : refused("invalid token", "Bearer" + REALM + ", error=\"invalid_token\"");
    }
    return refused("no auth provided", "Bearer" + REALM, "Basic" + REALM);
  }

  private static Outcome refused(String message, String... challenges) {
    return new Outcome.Refused("unauthorized: " + message, List.of(challenges));
  }

  /** A token that a user may show instead of the password. */
  String token(String user) {
    return tokens.create(user);
  }

  private record Pair(String name, String password) {}

  /** What the header says if it is of the form that the scheme has. */
  private static Optional<Pair> basic(String header) {
    if (!startsWith(header, BASIC)) {
      return Optional.empty();
    }
    String text = decode(header.substring(BASIC.length()).strip());
    int colon = text.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : Optional.of(new Pair(text.substring(0, colon), text.substring(colon + 1)));
  }

  private static boolean startsWith(String header, String scheme) {
    return header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static String decode(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private boolean matches(Pair given) {
    boolean match = false;
    for (Map.Entry<String, String> user : passwords.entrySet()) {
      boolean equal = equal(user.getKey(), given.name());
      equal &= equal(user.getValue(), given.password()); // always both
      match |= equal;
    }
    return match && !given.name().isEmpty() && !given.password().isEmpty();
  }

  private static boolean equal(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
