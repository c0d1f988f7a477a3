package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes values as dag-json, as Kubo prints them: no spaces, keys in the order of their bytes,
 * links as {@code {"/":"CID"}}, bytes as {@code {"/":{"bytes":"BASE64"}}}.
 */
public final class DagJson {
  /** Go writes floats with an exponent from here on, and below the next. */
  private static final double EXPONENT_FROM = 1e21;

  private static final double EXPONENT_BELOW = 1e-6;

  private DagJson() {}

  /**
   * The text of a value, in UTF-8.
   *
   * @throws FormatException if it is nested too deeply
   */
  public static byte[] encode(Cbor value) {
    StringBuilder out = new StringBuilder();
    write(out, value, 0);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A dag-pb node as a value: its data, if any, and its links. */
  public static Cbor of(PbNode node) {
    List<Cbor> links = node.links().stream().map(DagJson::link).toList();
    byte[] data = node.data();
    return data == null
        ? Cbor.of(Map.of("Links", Cbor.of(links)))
        : Cbor.of(Map.of("Data", Cbor.of(data), "Links", Cbor.of(links)));
  }

  private static Cbor link(PbLink link) {
    return Cbor.of(
        Map.of(
            "Hash", Cbor.of(link.hash()),
            "Name", Cbor.of(link.name()),
            "Tsize", Cbor.of(link.tsize())));
  }

  private static void write(StringBuilder out, Cbor value, int depth) {
    DagCbor.requireDepth(depth);
    switch (value) {
      case Cbor.Int(long number) -> out.append(number);
      case Cbor.BigInt(var number) -> out.append(number);
      case Cbor.Bytes(byte[] bytes) -> writeBytes(out, bytes);
      case Cbor.Text(String text) -> writeText(out, text);
      case Cbor.Array(List<Cbor> items) -> writeArray(out, items, depth);
      case Cbor.Dict dict -> writeDict(out, dict, depth);
      case Cbor.Link(Cid cid) -> out.append("{\"/\":\"").append(cid).append("\"}");
      case Cbor.Bool(boolean yes) -> out.append(yes);
      case Cbor.Float64(double number) -> out.append(number(number));
      case Cbor.Null _ -> out.append("null");
    }
  }

  private static void writeBytes(StringBuilder out, byte[] bytes) {
    String text = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    out.append("{\"/\":{\"bytes\":\"").append(text).append("\"}}");
  }

  private static void writeArray(StringBuilder out, List<Cbor> items, int depth) {
    out.append('[');
    String separator = "";
    for (Cbor item : items) {
      out.append(separator);
      write(out, item, depth + 1);
      separator = ",";
    }
    out.append(']');
  }

  private static void writeDict(StringBuilder out, Cbor.Dict dict, int depth) {
    out.append('{');
    dict.entries().entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey, DagPb.NAME_ORDER))
        .forEach(entry -> {
          if (out.charAt(out.length() - 1) != '{') {
            out.append(',');
          }
          writeText(out, entry.getKey());
          out.append(':');
          write(out, entry.getValue(), depth + 1);
        });
    out.append('}');
  }

  private static void writeText(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** The shortest digits that give the number back, written as Go does. */
  private static String number(double number) {
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    double size = Math.abs(number);
    BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    if (size >= EXPONENT_BELOW && size < EXPONENT_FROM) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String sign = number < 0 ? "-" : "";
    String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "");
    return sign + mantissa + "e" + power + Math.abs(exponent);
  }
}
