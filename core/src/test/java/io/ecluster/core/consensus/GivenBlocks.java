package io.ecluster.core.consensus;

import io.ecluster.ipfs.bitswap.LocalBlocks;
import io.ecluster.multiformats.Cid;
import java.util.Map;
import java.util.Optional;

/** What a peer of a test gives to whoever asks. */
public record GivenBlocks(Map<Cid, byte[]> blocks) implements LocalBlocks {
  @Override
  public Optional<byte[]> get(Cid cid) {
    return Optional.ofNullable(blocks.get(cid));
  }

  @Override
  public Optional<Integer> size(Cid cid) {
    return get(cid).map(bytes -> bytes.length);
  }
}
