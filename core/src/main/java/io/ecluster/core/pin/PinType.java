package io.ecluster.core.pin;

import java.util.Optional;

/** What a pin stands for. The ordinal is its number in the pin protobuf; on RPC it is the bit. */
public enum PinType {
  BAD(1, "bad-type"),
  DATA(2, "pin"),
  META(4, "meta-pin"),
  CLUSTER_DAG(8, "clusterdag-pin"),
  SHARD(16, "shard-pin");

  /** All bits: the filter that lets every type through. */
  public static final int ALL_BITS = 30;

  private final int bit;
  private final String text;

  PinType(int bit, String text) {
    this.bit = bit;
    this.text = text;
  }

  public int bit() {
    return bit;
  }

  /** The name used in JSON. */
  public String text() {
    return text;
  }

  public static Optional<PinType> byBit(int bit) {
    for (PinType type : values()) {
      if (type.bit == bit) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  public static Optional<PinType> byText(String text) {
    for (PinType type : values()) {
      if (type.text.equals(text)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
