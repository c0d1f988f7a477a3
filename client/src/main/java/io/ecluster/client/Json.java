package io.ecluster.client;

import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * JSON as plain maps, lists, strings, numbers (Long, BigInteger or Double), booleans and null, with
 * keys in the order they were read. Written as Go writes it: {@code <}, {@code >} and {@code &} are
 * escaped. It uses the streaming part of Jackson alone: binding by reflection would cost a command
 * line half of its run time.
 */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .characterEscapes(new GoEscapes())
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .build();

  private Json() {}

  /**
   * Reads exactly one document.
   *
   * @throws JsonException if it is not JSON or something follows it
   */
  public static @Nullable Object parse(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new JsonException("more than one JSON document");
      }
      return value;
    } catch (JacksonException e) {
      throw new JsonException("not JSON" + place(e) + ": " + e.getOriginalMessage(), e);
    }
  }

  private static String place(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  /**
   * Reads exactly one document that must be an object.
   *
   * @throws JsonException if it is not
   */
  public static JsonObject parseObject(String text) {
    return JsonObject.of(parse(text));
  }

  /** Documents one after another, as they arrive, until the stream ends. */
  public static Documents documents(InputStream in) {
    return new Documents(in);
  }

  /** Compact text without a line end. */
  public static String write(@Nullable Object value) {
    return write(value, null);
  }

  /**
   * Text with one key or element a line, indented by {@code indent} for each level, without a line
   * end.
   */
  public static String writeIndented(@Nullable Object value, String indent) {
    return write(value, new GoPrinter(indent));
  }

  private static String write(@Nullable Object value, @Nullable GoPrinter printer) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = generator(out, printer)) {
      put(generator, value);
    }
    return out.toString();
  }

  private static JsonGenerator generator(Writer out, @Nullable GoPrinter printer) {
    return FACTORY.createGenerator(
        printer == null ? ObjectWriteContext.empty() : new GoPrinter.Context(printer), out);
  }

  private static void put(JsonGenerator out, @Nullable Object value) {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        map.forEach((key, element) -> {
          out.writeName(key.toString());
          put(out, element);
        });
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        list.forEach(element -> put(out, element));
        out.writeEndArray();
      }
      case Boolean b -> out.writeBoolean(b);
      case Integer i -> out.writeNumber(i);
      case Long l -> out.writeNumber(l);
      case java.math.BigInteger big -> out.writeNumber(big);
      case Double d -> out.writeNumber(GoNumbers.text(d));
      default -> out.writeString(value.toString());
    }
  }

  private static @Nullable Object value(JsonParser in) {
    JsonToken token = in.currentToken();
    return switch (token) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT -> integer(in);
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case null -> throw new JsonException("empty JSON text");
      default -> throw new JsonException("unexpected " + token + " in JSON");
    };
  }

  private static Object integer(JsonParser in) {
    java.math.BigInteger big = in.getBigIntegerValue();
    return big.bitLength() < Long.SIZE ? (Object) big.longValue() : big;
  }

  private static Map<String, @Nullable Object> object(JsonParser in) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String key = in.currentName();
      in.nextToken();
      map.put(key, value(in));
    }
    return map;
  }

  private static List<@Nullable Object> array(JsonParser in) {
    List<@Nullable Object> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(in));
    }
    return list;
  }

  /** A sequence of documents on one stream. */
  public static final class Documents {
    private final InputStream in;
    private @Nullable JsonParser parser;

    private Documents(InputStream in) {
      this.in = in;
    }

    /**
     * Waits for the next document; null at the end.
     *
     * @throws JsonException if the stream is not JSON
     * @throws UncheckedIOException if it breaks
     */
    public @Nullable Object next() {
      try {
        JsonParser opened = open();
        return opened.nextToken() == null ? null : value(opened);
      } catch (JacksonIOException e) {
        throw new UncheckedIOException(e.getCause());
      } catch (JacksonException e) {
        throw new JsonException("bad answer: " + e.getOriginalMessage(), e);
      }
    }

    /** Making a parser already reads. */
    private JsonParser open() {
      JsonParser opened =
          parser == null ? FACTORY.createParser(ObjectReadContext.empty(), in) : parser;
      parser = opened;
      return opened;
    }
  }

  /** What Go's encoder escapes so that JSON is safe inside HTML and JavaScript. */
  private static final class GoEscapes extends CharacterEscapes {
    private static final SerializableString[] TEXTS = new SerializableString[128];
    private static final SerializableString LINE_SEPARATOR = new SerializedString("\\u2028");
    private static final SerializableString PARAGRAPH_SEPARATOR = new SerializedString("\\u2029");

    static {
      for (char c : new char[] {'<', '>', '&'}) {
        TEXTS[c] = new SerializedString(String.format("\\u%04x", (int) c));
      }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
      for (int c = 0; c < codes.length; c++) {
        codes[c] = TEXTS[c] == null ? codes[c] : CharacterEscapes.ESCAPE_CUSTOM;
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return switch (c) {
        case 0x2028 -> LINE_SEPARATOR;
        case 0x2029 -> PARAGRAPH_SEPARATOR;
        default -> c < TEXTS.length ? TEXTS[c] : null;
      };
    }
  }
}
