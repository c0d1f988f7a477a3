package io.ecluster.ipld;

/** Somewhere blocks go. May block the caller: this is how back-pressure travels. */
@FunctionalInterface
public interface BlockSink {
  void put(Block block);
}
