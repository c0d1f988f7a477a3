package io.ecluster.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;

/** Lays JSON out as Go's MarshalIndent does. */
final class GoPrinter implements PrettyPrinter {
  private final String indent;
  private int depth;

  GoPrinter(String indent) {
    this.indent = indent;
  }

  @Override
  public void writeRootValueSeparator(JsonGenerator out) {
    out.writeRaw('\n');
  }

  @Override
  public void writeStartObject(JsonGenerator out) {
    out.writeRaw('{');
    depth++;
  }

  @Override
  public void writeEndObject(JsonGenerator out, int entries) {
    end(out, entries, '}');
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator out) {
    out.writeRaw(',');
    line(out);
  }

  @Override
  public void writeObjectNameValueSeparator(JsonGenerator out) {
    out.writeRaw(": ");
  }

  @Override
  public void writeStartArray(JsonGenerator out) {
    out.writeRaw('[');
    depth++;
  }

  @Override
  public void writeEndArray(JsonGenerator out, int values) {
    end(out, values, ']');
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator out) {
    out.writeRaw(',');
    line(out);
  }

  @Override
  public void beforeArrayValues(JsonGenerator out) {
    line(out);
  }

  @Override
  public void beforeObjectEntries(JsonGenerator out) {
    line(out);
  }

  private void end(JsonGenerator out, int count, char mark) {
    depth--;
    if (count > 0) {
      line(out);
    }
    out.writeRaw(mark);
  }

  private void line(JsonGenerator out) {
    out.writeRaw('\n');
    out.writeRaw(indent.repeat(depth));
  }

  /** Hands the printer to a generator. */
  static final class Context extends ObjectWriteContext.Base {
    private final GoPrinter printer;

    Context(GoPrinter printer) {
      this.printer = printer;
    }

    @Override
    public @Nullable PrettyPrinter getPrettyPrinter() {
      return printer;
    }
  }
}
