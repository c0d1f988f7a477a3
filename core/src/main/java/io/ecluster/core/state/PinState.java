package io.ecluster.core.state;

import io.ecluster.core.pin.Pin;
import io.ecluster.multiformats.Cid;
import java.util.Optional;
import java.util.stream.Stream;

/** The shared pinset, read. */
public interface PinState {
  Optional<Pin> get(Cid cid);

  /** All pins, lazily, in no order. Close the stream. */
  Stream<Pin> list();
}
