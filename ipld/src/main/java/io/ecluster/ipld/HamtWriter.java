package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a folder too large for one block as Kubo does: a hash array mapped trie, 256 slots a node,
 * where level n puts an entry into the slot that byte n of its name's hash gives. Entries that
 * share a slot go into a node of their own.
 */
final class HamtWriter {
  static final int FANOUT = 256;

  private static final int SLOT_DIGITS = 2;

  /** The multicodec number of murmur3-x64-64. */
  static final long HASH_TYPE = 0x22;

  private final NodeWriter writer;

  HamtWriter(NodeWriter writer) {
    this.writer = writer;
  }

  /** Emits the nodes of a folder, the root last. */
  Imported write(List<PbLink> links) {
    return shard(links.stream().map(Entry::of).toList(), 0);
  }

  /** A link and the hash of its name. */
  private record Entry(long hash, PbLink link) {
    static Entry of(PbLink link) {
      return new Entry(Murmur3.hash64(link.name().getBytes(StandardCharsets.UTF_8)), link);
    }

    int slot(int level) {
      return (int) (hash >>> (Long.SIZE - Byte.SIZE * (level + 1))) & (FANOUT - 1);
    }
  }

  private Imported shard(List<Entry> entries, int level) {
    if (level == Long.BYTES) {
      throw new FormatException(
          "names with equal hashes in a sharded folder: " + entries.getFirst().link().name());
    }
    SortedMap<Integer, List<Entry>> slots = new TreeMap<>();
    for (Entry entry : entries) {
      slots.computeIfAbsent(entry.slot(level), _ -> new ArrayList<>()).add(entry);
    }
    byte[] used = new byte[FANOUT / Byte.SIZE];
    List<PbLink> links = new ArrayList<>();
    slots.forEach((slot, inSlot) -> {
      used[used.length - 1 - slot / Byte.SIZE] |= (byte) (1 << slot % Byte.SIZE);
      links.add(link(HamtReader.slotText(slot, SLOT_DIGITS), inSlot, level));
    });
    return writer.node(UnixFs.hamtShard(withoutLeadingZeros(used), HASH_TYPE, FANOUT), links);
  }

  private PbLink link(String slot, List<Entry> entries, int level) {
    if (entries.size() == 1) {
      PbLink link = entries.getFirst().link();
      return new PbLink(link.hash(), slot + link.name(), link.tsize());
    }
    Imported below = shard(entries, level + 1);
    return new PbLink(below.root(), slot, below.dagSize());
  }

  private static byte[] withoutLeadingZeros(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    return Arrays.copyOfRange(bytes, zeros, bytes.length);
  }
}
