package io.ecluster.core.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** A datastore that lasts as long as the object. Scans see the records as they were when begun. */
public class MemoryDatastore implements Datastore {
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);

  @Override
  public Optional<byte[]> get(byte[] key) {
    lock.lock();
    try {
      return Optional.ofNullable(records.get(key)).map(byte[]::clone);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean has(byte[] key) {
    return get(key).isPresent();
  }

  @Override
  public Stream<Entry> scan(byte[] prefix) {
    List<Entry> found = new ArrayList<>();
    lock.lock();
    try {
      for (Map.Entry<byte[], byte[]> record : records.tailMap(prefix.clone(), true).entrySet()) {
        if (!startsWith(record.getKey(), prefix)) {
          break;
        }
        found.add(new Entry(record.getKey().clone(), record.getValue().clone()));
      }
    } finally {
      lock.unlock();
    }
    return found.stream();
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public void write(List<Change> changes) {
    lock.lock();
    try {
      for (Change change : changes) {
        switch (change) {
          case Change.Put(byte[] key, byte[] value) -> records.put(key.clone(), value.clone());
          case Change.Delete(byte[] key) -> records.remove(key);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {}
}
