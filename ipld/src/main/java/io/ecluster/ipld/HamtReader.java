package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.HashSet;
import java.util.Set;

/**
 * Lists a sharded folder. The name of every link in a shard begins with its slot in hexadecimal, as
 * many digits as the fanout needs: with nothing behind it, the link leads to a shard, otherwise the
 * rest is the name of an entry.
 */
final class HamtReader {
  /** A 64-bit hash in slots of at least 3 bits is used up after 22 levels. */
  private static final int MAX_DEPTH = 22;

  /** Kubo's limits: a power of two, whole slots, no wider than this. */
  private static final long MIN_FANOUT = 8;

  private static final long MAX_FANOUT = 1024;

  private final BlockSource source;
  private final UnixFsDirectory.Visitor visitor;

  /** No two shards of a folder are equal, as their entries differ: a repeat is an attack. */
  private final Set<Cid> visited = new HashSet<>();

  HamtReader(BlockSource source, UnixFsDirectory.Visitor visitor) {
    this.source = source;
    this.visitor = visitor;
  }

  void read(Cid cid, PbNode root) {
    read(cid, root, 0);
  }

  private void read(Cid cid, PbNode node, int depth) {
    if (!visited.add(cid) || depth > MAX_DEPTH) {
      throw new FormatException("sharded folder repeats " + cid + " or is too deep");
    }
    int digits = slotDigits(cid, node.unixFs());
    for (PbLink link : node.links()) {
      if (link.name().length() < digits) {
        throw new FormatException("link without a slot in sharded folder " + cid);
      }
      if (link.name().length() == digits) {
        read(link.hash(), DagPb.decode(source.read(link.hash())), depth + 1);
      } else {
        String name = link.name().substring(digits);
        visitor.visit(new UnixFsDirectory.Entry(name, link.hash(), link.tsize()));
      }
    }
  }

  private static int slotDigits(Cid cid, UnixFs message) {
    long fanout = message.fanout() == null ? 0 : message.fanout();
    boolean shard = message.type() == UnixFs.Type.HAMT_SHARD && Long.bitCount(fanout) == 1;
    if (!shard || fanout < MIN_FANOUT || fanout > MAX_FANOUT) {
      throw new FormatException(cid + " is not a shard of a folder with a fanout we know");
    }
    return Long.toHexString(fanout - 1).length();
  }
}
