package io.ecluster.core.consensus;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pinset as stored. What cannot be read is left out, as Go does; the first such pin is logged.
 */
final class CrdtState implements PinState {
  private static final Logger log = LoggerFactory.getLogger(CrdtState.class);
  private static final String VALUE_SUFFIX = "/v";

  private final Datastore store;
  private final AtomicBoolean told = new AtomicBoolean();

  CrdtState(Datastore store) {
    this.store = store;
  }

  @Override
  public Optional<Pin> get(Cid cid) {
    return store.get(CrdtKeys.value(CrdtKeys.pinName(cid))).flatMap(value -> decode(cid, value));
  }

  @Override
  public Stream<Pin> list() {
    byte[] prefix = CrdtKeys.values();
    return store
        .scan(prefix)
        .flatMap(entry -> pin(CrdtKeys.after(prefix, entry.key()), entry.value()).stream());
  }

  private Optional<Pin> pin(String name, byte[] value) {
    if (!name.endsWith(VALUE_SUFFIX)) {
      return Optional.empty();
    }
    return CrdtKeys.pinOf(name.substring(0, name.length() - VALUE_SUFFIX.length()))
        .flatMap(cid -> decode(cid, value));
  }

  private Optional<Pin> decode(Cid cid, byte[] value) {
    try {
      return Optional.of(PinProtobuf.decode(cid, value));
    } catch (FormatException e) {
      if (!told.getAndSet(true)) {
        log.warn(
            "the pin of {} cannot be read and is left out, as others like it will be: {}",
            cid,
            e.getMessage());
      }
      return Optional.empty();
    }
  }
}
