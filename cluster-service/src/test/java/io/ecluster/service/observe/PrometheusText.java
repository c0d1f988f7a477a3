package io.ecluster.service.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Prometheus makes of the text, as its documentation describes the format; refuses what is
 * wrong with it.
 */
public final class PrometheusText {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*)\"(?:,|$)");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, String> helps = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();

  /** One line. */
  public record Sample(String name, Map<String, String> labels, double value) {}

  public static PrometheusText parse(String text) {
    PrometheusText parsed = new PrometheusText();
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("the last line does not end");
    }
    text.lines().filter(line -> !line.isEmpty()).forEach(parsed::line);
    return parsed;
  }

  private void line(String line) {
    String[] words = line.split(" ", 4);
    if (line.startsWith("# HELP ")) {
      put(helps, words[2], words[3]);
    } else if (line.startsWith("# TYPE ")) {
      put(types, words[2], words[3]);
    } else {
      samples.add(sample(line));
    }
  }

  private static void put(Map<String, String> map, String name, String value) {
    if (map.put(name, value) != null) {
      throw new IllegalArgumentException(name + " is described twice");
    }
  }

  private Sample sample(String line) {
    Matcher match = SAMPLE.matcher(line);
    if (!match.matches()) {
      throw new IllegalArgumentException("no sample: " + line);
    }
    String family = family(match.group(1));
    if (!helps.containsKey(family)) {
      throw new IllegalArgumentException("no HELP before " + line);
    }
    String value = match.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
    return new Sample(match.group(1), labels(match.group(2)), Double.parseDouble(value));
  }

  /** The family last described: samples of one stay together. */
  private String family(String sample) {
    String last = new ArrayList<>(types.keySet()).getLast();
    boolean histogram =
        "histogram".equals(types.get(last)) && sample.matches(last + "_(bucket|sum|count)");
    if (!histogram && !sample.equals(last)) {
      throw new IllegalArgumentException(sample + " stands among those of " + last);
    }
    return last;
  }

  private static Map<String, String> labels(@org.jspecify.annotations.Nullable String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (text == null) {
      return labels;
    }
    Matcher match = LABEL.matcher(text);
    int at = 0;
    while (match.find() && match.start() == at) {
      labels.put(match.group(1), match.group(2));
      at = match.end();
    }
    if (at != text.length()) {
      throw new IllegalArgumentException("no labels: " + text);
    }
    return labels;
  }

  public Map<String, String> types() {
    return types;
  }

  public List<Sample> samples() {
    return samples;
  }

  /** The only sample that has this name and these labels, each as {@code name=value}. */
  public Optional<Double> find(String name, String... labels) {
    List<Double> found =
        samples.stream()
            .filter(sample -> sample.name().equals(name))
            .filter(sample -> sample.labels().equals(map(labels)))
            .map(Sample::value)
            .toList();
    if (found.size() > 1) {
      throw new IllegalArgumentException(name + " is told more than once");
    }
    return found.stream().findFirst();
  }

  /** The sum of all samples of this name that have at least these labels. */
  public double sum(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.labels().entrySet().containsAll(map(labels).entrySet()))
        .mapToDouble(Sample::value)
        .sum();
  }

  private static Map<String, String> map(String... labels) {
    Map<String, String> map = new HashMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      map.put(label.substring(0, equals), label.substring(equals + 1));
    }
    return map;
  }
}
