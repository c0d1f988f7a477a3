package io.ecluster.service.config;

import io.ecluster.client.GoDuration;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One object of service.json while it is read. Each setting is looked up in the environment ({@code
 * CLUSTER_} + section + key in upper case without underscores; set but empty counts as set), then
 * in the JSON, then takes its default. What was read is kept in order, so that {@code init} writes
 * the file by reading an empty one: there is one table of keys.
 */
public final class Section {
  /** What is never repeated in a message. */
  private static final Set<String> SECRETS =
      Set.of("secret", "basic_auth_credentials", "api_auth", "private_key", "headers");

  private final String path;
  private final String environmentPrefix;
  private final JsonObject json;
  private final Map<String, String> environment;
  private final boolean initialising;
  private final boolean given;
  private final Map<String, @Nullable Object> effective = new LinkedHashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Map<String, Section> children = new TreeMap<>();
  private boolean ignoringAll;

  private Section(
      String path,
      String environmentPrefix,
      JsonObject json,
      Map<String, String> environment,
      boolean initialising,
      boolean given) {
    this.path = path;
    this.environmentPrefix = environmentPrefix;
    this.json = json;
    this.environment = environment;
    this.initialising = initialising;
    this.given = given;
  }

  /** The root of an existing file. */
  static Section load(JsonObject json, Map<String, String> environment) {
    return new Section("", "CLUSTER_", json, environment, false, true);
  }

  /**
   * The root of a file to be made: each key at its default unless preset or set by the environment.
   */
  static Section initialise(JsonObject presets, Map<String, String> environment) {
    return new Section("", "CLUSTER_", presets, environment, true, true);
  }

  /**
   * A component such as {@code consensus.crdt}, whose variables start with {@code CLUSTER_CRDT_}.
   */
  Section component(String group, String name) {
    Section outer = group.isEmpty() ? this : child(group, environmentPrefix);
    String prefix = name.equals("cluster") ? "CLUSTER_" : "CLUSTER_" + environmentName(name) + "_";
    return outer.child(name, prefix);
  }

  /** An object inside a component; its name becomes part of the variables' names. */
  Section nested(String key) {
    return child(key, environmentPrefix + environmentName(key) + "_");
  }

  private Section child(String key, String prefix) {
    Section present = children.get(key);
    if (present != null) {
      return present;
    }
    Section child =
        new Section(name(key), prefix, object(key), environment, initialising, json.has(key));
    children.put(key, child);
    known.add(key);
    effective.put(key, child.effective);
    return child;
  }

  private JsonObject object(String key) {
    if (json.get(key) == null || json.get(key) instanceof Map<?, ?>) {
      return json.object(key);
    }
    throw new ConfigException(name(key) + " must be an object, not " + Json.write(json.get(key)));
  }

  /** Whether the file has this component. */
  boolean names(String group, String name) {
    return object(group).has(name);
  }

  /** Whether the component is to run: the file has it, or is being made. */
  boolean active() {
    return initialising || given;
  }

  String text(String key, String byDefault) {
    return text(key, byDefault, byDefault);
  }

  /** A text that must be given in an existing file; {@code made} is used when the file is made. */
  String text(String key, String made, String missing) {
    return read(key, "a text", made, missing, v -> (String) v, Function.identity(), v -> v);
  }

  boolean flag(String key, boolean byDefault) {
    return flag(key, byDefault, byDefault);
  }

  boolean flag(String key, boolean byDefault, boolean missing) {
    Function<Object, Boolean> fromJson = v -> (Boolean) v;
    return read(key, "true or false", byDefault, missing, fromJson, Section::parseBool, v -> v);
  }

  double decimal(String key, double byDefault, double missing) {
    Function<Object, Double> fromJson = v -> ((Number) v).doubleValue();
    return read(key, "a number", byDefault, missing, fromJson, Double::valueOf, v -> v);
  }

  long number(String key, long byDefault) {
    return read(key, "a whole number", byDefault, byDefault, v -> (Long) v, Long::decode, v -> v);
  }

  int integer(String key, int byDefault) {
    return read(
        key,
        "a whole number below 2147483648",
        byDefault,
        byDefault,
        v -> Math.toIntExact((Long) v),
        Integer::decode,
        v -> v);
  }

  Duration duration(String key, Duration byDefault) {
    return read(
        key,
        "a duration such as 10s, 1m30s or 200ms",
        byDefault,
        byDefault,
        v -> GoDuration.parse((String) v),
        GoDuration::parse,
        GoDuration::format);
  }

  List<String> texts(String key, List<String> byDefault, List<String> missing) {
    String expected = "a text or a list of texts";
    return read(
        key, expected, byDefault, missing, Section::stringOrList, Section::commaList, v -> v);
  }

  /** Multiaddrs, written as one text when there is exactly one. */
  List<Multiaddr> addresses(String key, List<String> byDefault) {
    return read(
        key,
        "an address such as /ip4/127.0.0.1/tcp/9094, or a list of such",
        multiaddrs(byDefault),
        multiaddrs(byDefault),
        v -> multiaddrs(stringOrList(v)),
        text -> multiaddrs(commaList(text)),
        Section::oneOrList);
  }

  /** One multiaddr. */
  Multiaddr address(String key, String byDefault) {
    Multiaddr standard = Multiaddr.parse(byDefault);
    return read(
        key,
        "an address such as " + byDefault,
        standard,
        standard,
        v -> Multiaddr.parse((String) v),
        Multiaddr::parse,
        Multiaddr::toString);
  }

  /** Whether the environment says anything of this key. */
  boolean inEnvironment(String key) {
    return environment.containsKey(environmentPrefix + environmentName(key));
  }

  private static List<Multiaddr> multiaddrs(List<String> texts) {
    return texts.stream().map(Multiaddr::parse).toList();
  }

  private static Object oneOrList(List<Multiaddr> addresses) {
    List<String> texts = addresses.stream().map(Multiaddr::toString).toList();
    return texts.size() == 1 ? texts.getFirst() : texts;
  }

  /** A map of texts, null when there is none. */
  @Nullable Map<String, String> textMap(String key, @Nullable Map<String, String> byDefault) {
    Optional<Map<String, String>> none = Optional.ofNullable(byDefault);
    return read(
            key,
            "an object of texts, or as a variable key:value,key:value",
            none,
            Optional.<Map<String, String>>empty(),
            v -> Optional.of(stringMap(v)),
            text -> Optional.of(colonMap(text)),
            v -> v.<@Nullable Object>map(m -> m).orElse(null))
        .orElse(null);
  }

  /** A map of lists of texts, empty unless it is given; a variable gives each name one text. */
  Map<String, List<String>> textLists(String key) {
    return read(
        key,
        "an object of lists of texts, or as a variable key:value,key:value",
        Map.<String, List<String>>of(),
        Map.<String, List<String>>of(),
        Section::listMap,
        Section::colonLists,
        v -> v);
  }

  private static Map<String, List<String>> listMap(Object value) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((k, v) -> map.put((String) k, stringOrList(v)));
    return map;
  }

  private static Map<String, List<String>> colonLists(String text) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    colonMap(text).forEach((k, v) -> map.put(k, List.of(v)));
    return map;
  }

  /** Leaves a setting out of a file that is made, as Go does, while it has this value. */
  void omitWhen(String key, Object value) {
    effective.remove(key, value);
  }

  /** Leaves all that was read of this object out of a file that is made. */
  void leaveOut() {
    effective.clear();
  }

  /** Keys of the file that nothing read, with their path and what may have been meant. */
  Collection<String> unknownKeys() {
    Collection<String> unknown = new TreeSet<>();
    for (String key : json.keys()) {
      if (!known.contains(key)) {
        unknown.add(name(key) + Spelling.hint(key, known));
      }
    }
    children.values().forEach(child -> unknown.addAll(child.unknownKeys()));
    return unknown;
  }

  /** Variables for settings of the file that nothing read, with what may have been meant. */
  Collection<String> unknownVariables() {
    Set<String> read = new HashSet<>();
    Set<String> ignored = new HashSet<>();
    collectVariables(read, ignored);
    Collection<String> unknown = new TreeSet<>();
    for (String name : environment.keySet()) {
      boolean setting = name.startsWith("CLUSTER_") && !read.contains(name);
      if (setting && ignored.stream().noneMatch(name::startsWith)) {
        unknown.add(name + Spelling.hint(name, read));
      }
    }
    return unknown;
  }

  private void collectVariables(Set<String> read, Set<String> ignored) {
    known.forEach(key -> read.add(environmentPrefix + environmentName(key)));
    boolean notRun = known.isEmpty();
    if (ignoringAll || notRun) {
      ignored.add(environmentPrefix);
    }
    children.values().forEach(child -> child.collectVariables(read, ignored));
  }

  /** Accepts a key or object without using it. */
  void ignore(String key) {
    known.add(key);
    if (json.has(key)) {
      effective.put(key, json.get(key));
    }
  }

  /** Accepts a key without using it; a file that is made gets it with Go's default. */
  void ignore(String key, @Nullable Object byDefault) {
    ignore(key);
    if (initialising) {
      effective.putIfAbsent(key, byDefault);
    }
  }

  /** Accepts every key of this object without using it. */
  void ignoreAll() {
    ignoringAll = true;
    json.keys().forEach(this::ignore);
  }

  /** The file as it now stands; components of which nothing was read are left out. */
  String toJson() {
    dropEmptyComponents();
    return Json.writeIndented(effective, "  ");
  }

  private boolean dropEmptyComponents() {
    children.forEach((key, child) -> {
      if (child.dropEmptyComponents()) {
        effective.remove(key);
      }
    });
    return effective.isEmpty();
  }

  private <T> T read(
      String key,
      String expected,
      T byDefault,
      T missing,
      Function<Object, T> fromJson,
      Function<String, T> fromText,
      Function<T, @Nullable Object> toJson) {
    T otherwise = initialising ? byDefault : missing;
    T value = convert(key, expected, otherwise, fromJson, fromText);
    known.add(key);
    effective.put(key, toJson.apply(value));
    return value;
  }

  private <T> T convert(
      String key,
      String expected,
      T otherwise,
      Function<Object, T> fromJson,
      Function<String, T> fromText) {
    String variable = environmentPrefix + environmentName(key);
    String text = environment.get(variable);
    Object raw = json.get(key);
    try {
      if (text != null) {
        return fromText.apply(text);
      }
      return raw == null ? otherwise : fromJson.apply(raw);
    } catch (ClassCastException
        | IllegalArgumentException
        | ArithmeticException
        | FormatException
        | ConfigException e) {
      String where = text == null ? name(key) : "environment variable " + variable;
      String given =
          SECRETS.contains(key) ? "what was given" : Json.write(text == null ? raw : text);
      throw new ConfigException(where + " must be " + expected + ", not " + given, e);
    }
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String environmentName(String key) {
    return key.replace("_", "").toUpperCase(Locale.ROOT);
  }

  private static boolean parseBool(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw new ConfigException("\"" + text + "\" is neither true nor false");
    };
  }

  private static List<String> commaList(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
  }

  private static List<String> stringOrList(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(String.class::cast).toList()
        : List.of((String) value);
  }

  private static Map<String, String> stringMap(Object value) {
    Map<String, String> map = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((k, v) -> map.put((String) k, (String) v));
    return map;
  }

  private static Map<String, String> colonMap(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String item : commaList(text)) {
      List<String> pair = new ArrayList<>(List.of(item.split(":", -1)));
      if (pair.size() != 2) {
        throw new ConfigException("\"" + item + "\" is not of the form key:value");
      }
      map.put(pair.getFirst(), pair.getLast());
    }
    return map;
  }
}
