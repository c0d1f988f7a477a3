package io.ecluster.core.consensus;

import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.DatastoreException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Fails one write, before or after it was stored, and all after it: as if the peer was killed. */
final class FaultyDatastore implements Datastore {
  private final Datastore under;
  private final boolean stored;
  private int writesLeft;

  FaultyDatastore(Datastore under, int writesLeft, boolean stored) {
    this.under = under;
    this.writesLeft = writesLeft;
    this.stored = stored;
  }

  boolean isDead() {
    return writesLeft < 0;
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return under.get(key);
  }

  @Override
  public boolean has(byte[] key) {
    return under.has(key);
  }

  @Override
  public Stream<Entry> scan(byte[] prefix) {
    return under.scan(prefix);
  }

  @Override
  public void write(List<Change> changes) {
    writesLeft--;
    if (writesLeft >= 0 || (writesLeft == -1 && stored)) {
      under.write(changes);
    }
    if (writesLeft < 0) {
      throw new DatastoreException("killed");
    }
  }

  @Override
  public void close() {}
}
