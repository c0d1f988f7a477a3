package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pins and peers by number. */
final class TestPins {
  private TestPins() {}

  static Cid cid(int number) {
    byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
    return Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(bytes));
  }

  static Pin pin(int number, String name) {
    return Pin.of(cid(number), PinOptions.NONE.withName(name).withReplication(-1, -1));
  }

  static PinChange put(int number, String name) {
    return new PinChange.Put(pin(number, name));
  }

  static PinChange remove(int number) {
    return new PinChange.Remove(cid(number));
  }

  static PeerId peer(int number) {
    return PeerId.ofPublicKey(ByteBuffer.allocate(36).putInt(number).array());
  }

  /** The names of all pins by CID. */
  static Map<Cid, String> names(PinState state) {
    try (Stream<Pin> pins = state.list()) {
      return pins.collect(
          Collectors.toMap(Pin::cid, pin -> pin.options().name(), (a, b) -> a, TreeMap::new));
    }
  }
}
