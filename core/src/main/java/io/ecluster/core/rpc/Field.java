package io.ecluster.core.rpc;

import java.util.Optional;
import java.util.function.Function;

/**
 * One field of a struct on the wire.
 *
 * @param absent what it is when the key is missing; empty when it must be there
 * @param omit whether it is left out while it equals {@code absent}
 */
record Field<T, F>(
    String key, Codec<F> codec, Optional<F> absent, boolean omit, Function<T, F> getter) {

  /** A field that must be there. */
  static <T, F> Field<T, F> required(String key, Codec<F> codec, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.empty(), false, getter);
  }

  /** A required field that Go leaves out of its zero value. */
  static <T, F> Field<T, F> expected(String key, Codec<F> codec, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.empty(), true, getter);
  }

  /** A field that is always written, but need not come. */
  static <T, F> Field<T, F> always(String key, Codec<F> codec, F absent, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.of(absent), false, getter);
  }

  /** Go's omitempty. */
  static <T, F> Field<T, F> omitted(String key, Codec<F> codec, F absent, Function<T, F> getter) {
    return new Field<>(key, codec, Optional.of(absent), true, getter);
  }

  /** This field of a struct that is embedded in another. */
  <U> Field<U, F> of(Function<U, T> inner) {
    return new Field<>(key, codec, absent, omit, inner.andThen(getter));
  }

  boolean isWritten(T struct) {
    return !omit || absent.isEmpty() || !absent.get().equals(getter.apply(struct));
  }

  void write(MsgWriter out, T struct) throws java.io.IOException {
    out.string(key);
    codec.write(out, getter.apply(struct));
  }
}
