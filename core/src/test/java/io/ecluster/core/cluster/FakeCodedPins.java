package io.ecluster.core.cluster;

import io.ecluster.core.pin.Pin;
import io.ecluster.multiformats.Cid;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Parts of coded pins as a test says; asking for others fails. */
public final class FakeCodedPins implements CodedPins {
  private final Map<Cid, List<Cid>> parts = new ConcurrentHashMap<>();

  public void set(Cid root, List<Cid> itsParts) {
    parts.put(root, List.copyOf(itsParts));
  }

  @Override
  public List<Cid> partsOf(Pin meta) {
    List<Cid> known = parts.get(meta.cid());
    if (known == null) {
      throw new IllegalStateException("the manifest of " + meta.cid() + " cannot be read");
    }
    return known;
  }
}
