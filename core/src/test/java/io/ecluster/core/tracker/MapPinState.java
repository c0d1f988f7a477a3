package io.ecluster.core.tracker;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.Cid;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A pinset in memory. */
public final class MapPinState implements PinState {
  private final Map<Cid, Pin> pins = new ConcurrentHashMap<>();

  public void put(Pin pin) {
    pins.put(pin.cid(), pin);
  }

  public void remove(Cid cid) {
    pins.remove(cid);
  }

  @Override
  public Optional<Pin> get(Cid cid) {
    return Optional.ofNullable(pins.get(cid));
  }

  @Override
  public Stream<Pin> list() {
    return pins.values().stream();
  }
}
