package io.ecluster.core.state;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A sorted, durable map from byte keys to byte values. Safe for use by many threads. */
public interface Datastore extends AutoCloseable {
  Optional<byte[]> get(byte[] key);

  boolean has(byte[] key);

  /** Entries whose key starts with {@code prefix}, in key order, lazily. Close the stream. */
  Stream<Entry> scan(byte[] prefix);

  /** Applies all changes or none; when it returns they survive a killed process. */
  void write(List<Change> changes);

  @Override
  void close();

  /** One record. */
  record Entry(byte[] key, byte[] value) {}

  /** One change of a batch. */
  sealed interface Change {
    record Put(byte[] key, byte[] value) implements Change {}

    record Delete(byte[] key) implements Change {}
  }
}
