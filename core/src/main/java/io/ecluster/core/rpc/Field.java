package io.ecluster.core.rpc;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * One field of a struct on the wire.
 *
 * @param absent what it is when the key is missing; empty when it must be there
 * @param omit whether it is left out while it equals {@code absent}
 * @param inZero whether Go's zero value of the struct has it
 */
record Field<T, F>(
    String key,
    Codec<F> codec,
    Optional<F> absent,
    boolean omit,
    boolean inZero,
    Function<T, F> getter) {

  /** A field that must be there. */
  static <T, F> Field<T, F> required(String key, Codec<F> codec, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.empty(), false, true, getter);
  }

  /** A field that must be there, and that Go leaves out of its zero value only. */
  static <T, F> Field<T, F> expected(String key, Codec<F> codec, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.empty(), false, false, getter);
  }

  /** A field that is always written, but need not come. */
  static <T, F> Field<T, F> always(String key, Codec<F> codec, F absent, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.of(absent), false, true, getter);
  }

  /** A list that Go leaves out when nil but writes when empty, as ours are. */
  static <T, F> Field<T, F> notNil(String key, Codec<F> codec, F absent, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.of(absent), false, false, getter);
  }

  /** Go's omitempty. */
  static <T, F> Field<T, F> omitted(String key, Codec<F> codec, F absent, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.of(absent), true, false, getter);
  }

  /** This field of a struct that is embedded in another. */
  <U> Field<U, F> of(Function<U, T> inner) {
    return new Field<>(key, codec, absent, omit, inZero, inner.andThen(getter));
  }

  boolean isWritten(T struct) {
    return !omit || !absent.equals(Optional.of(getter.apply(struct)));
  }

  void write(MsgWriter out, T struct) throws IOException {
    out.string(key);
    codec.write(out, getter.apply(struct));
  }
}
