package io.ecluster.core.rpc;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Go struct: a map of its fields, in declaration order when we write it. */
final class StructCodec<T> implements Codec<T> {
  private final List<Field<T, ?>> fields;
  private final List<String> keys;
  private final Maker<T> maker;

  StructCodec(List<Field<T, ?>> fields, Maker<T> maker) {
    this.fields = List.copyOf(fields);
    this.keys = this.fields.stream().<String>map(Field::key).toList();
    this.maker = maker;
  }

  @Override
  public void write(MsgWriter out, T value) throws IOException {
    int count = 0;
    for (Field<T, ?> field : fields) {
      count += field.isWritten(value) ? 1 : 0;
    }
    out.map(count);
    for (Field<T, ?> field : fields) {
      if (field.isWritten(value)) {
        field.write(out, value);
      }
    }
  }

  @Override
  public T read(MsgReader in) throws IOException {
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    in.struct(keys, index -> values[index] = fields.get(index).codec().read(in));
    return maker.make(new Values(in, keys, values));
  }

  @Override
  public void writeZero(MsgWriter out) throws IOException {
    List<Field<T, ?>> kept = fields.stream().filter(Field::inZero).toList();
    out.map(kept.size());
    for (Field<T, ?> field : kept) {
      out.string(field.key());
      field.codec().writeZero(out);
    }
  }

  /** Makes the value of what its fields were. */
  interface Maker<T> {
    T make(Values values) throws IOException;
  }

  /** The fields that were read, by key. */
  record Values(MsgReader in, List<String> keys, @Nullable Object[] values) {
    /** What was read for a field of this key, or what it is when absent. */
    <F> F get(Field<?, F> field) throws IOException {
      @SuppressWarnings("unchecked") // the field's own codec read it
      F value = (F) values[keys.indexOf(field.key())];
      if (value != null) {
        return value;
      }
      return field.absent().orElseThrow(() -> in.fail("field " + field.key() + " is missing"));
    }
  }
}
