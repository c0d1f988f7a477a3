package io.ecluster.libp2p;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bytes that Go made, from a JSON file among the test resources. */
public final class Vectors {
  private static final Pattern HEX = Pattern.compile("([0-9a-f]{2})+");

  private final JsonNode root;

  private Vectors(JsonNode root) {
    this.root = root;
  }

  public static Vectors load(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name + ".json")) {
      return new Vectors(JsonMapper.shared().readTree(Objects.requireNonNull(in, name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Vector> all() {
    List<Vector> all = new ArrayList<>();
    root.get("vectors").forEach(node -> all.add(new Vector(node)));
    return all;
  }

  /** Whatever in the file is bytes, as seeds of a {@link FrameMutator}. */
  public List<byte[]> everyFrame() {
    List<byte[]> frames = new ArrayList<>();
    collect(root.get("vectors"), frames);
    return frames;
  }

  private static void collect(JsonNode node, List<byte[]> frames) {
    if (node.isString() && HEX.matcher(node.asString()).matches()) {
      frames.add(HexFormat.of().parseHex(node.asString()));
    }
    node.forEach(child -> collect(child, frames));
  }

  public Vector named(String name) {
    return all().stream().filter(v -> v.text("name").equals(name)).findFirst().orElseThrow();
  }

  /** One vector. */
  public record Vector(JsonNode node) {
    public String text(String field) {
      return node.path(field).asString("");
    }

    public String hex() {
      return text("hex");
    }

    public byte[] bytes() {
      return HexFormat.of().parseHex(hex());
    }

    public String meaning(String field) {
      return node.get("meaning").get(field).asString();
    }

    public byte[] meaningBytes(String field) {
      return HexFormat.of().parseHex(meaning(field));
    }

    /** The steps of a transcript. */
    public List<Vector> steps() {
      List<Vector> steps = new ArrayList<>();
      node.get("extra").forEach(step -> steps.add(new Vector(step)));
      return steps;
    }
  }
}
