package io.ecluster.core.cluster;

import io.ecluster.core.pin.Pin;
import io.ecluster.multiformats.Cid;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Parts of coded pins as a test says, or as it has them read; asking for others fails. */
public final class FakeCodedPins implements CodedPins {
  private final Map<Cid, List<Cid>> parts = new ConcurrentHashMap<>();
  private volatile CodedPins others = FakeCodedPins::unreadable;

  private static List<Cid> unreadable(Pin meta) {
    throw new IllegalStateException("the manifest of " + meta.cid() + " cannot be read");
  }

  /** Whom to ask for what was not set. */
  public void readBy(CodedPins reader) {
    others = reader;
  }

  public void set(Cid root, List<Cid> itsParts) {
    parts.put(root, List.copyOf(itsParts));
  }

  @Override
  public List<Cid> partsOf(Pin meta) {
    List<Cid> known = parts.get(meta.cid());
    return known == null ? others.partsOf(meta) : known;
  }
}
