package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A block store in memory, keyed by multihash as real ones are. A strict one: a block whose bytes
 * do not match its CID, or that comes before one of its children, is refused. Remembers what was
 * put and what was asked for.
 */
public final class MemoryBlocks implements BlockSink, BlockSource {
  private final Map<Multihash, byte[]> blocks = new HashMap<>();
  private final List<Cid> put = new ArrayList<>();
  private final List<Cid> asked = new ArrayList<>();

  @Override
  public void put(Block block) {
    Block checked = Block.verified(block.cid(), block.data());
    for (Cid child : new HashSet<>(BlockLinks.of(checked.cid(), checked.data()))) {
      if (!child.hash().isIdentity() && !blocks.containsKey(child.hash())) {
        throw new AssertionError(block.cid() + " was put before its child " + child);
      }
    }
    blocks.put(checked.cid().hash(), checked.data());
    put.add(checked.cid());
  }

  @Override
  public byte[] get(Cid cid) {
    asked.add(cid);
    byte[] data = blocks.get(cid.hash());
    if (data == null) {
      throw new BlockNotFoundException(cid, "not in memory");
    }
    return data;
  }

  /** Forgets a block, as a lost disk does. */
  public void remove(Cid cid) {
    blocks.remove(cid.hash());
  }

  public boolean has(Cid cid) {
    return blocks.containsKey(cid.hash());
  }

  /** Every CID put so far, in order, with repeats. */
  public List<Cid> put() {
    return List.copyOf(put);
  }

  /** Every CID asked for so far, in order, with repeats. */
  public List<Cid> asked() {
    return List.copyOf(asked);
  }

  public int count() {
    return blocks.size();
  }
}
