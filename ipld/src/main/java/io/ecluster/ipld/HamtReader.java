package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Lists a sharded folder, or finds one entry on the way that its name's hash gives. The name of
 * every link in a shard begins with its slot in hexadecimal, as many digits as the fanout needs:
 * with nothing behind it, the link leads to a shard, otherwise the rest is the name of an entry.
 */
final class HamtReader {
  /** A 64-bit hash in slots of at least 3 bits is used up after 22 levels. */
  private static final int MAX_DEPTH = 22;

  /** Kubo's limits: a power of two, whole slots, no wider than this. */
  private static final long MIN_FANOUT = 8;

  private static final long MAX_FANOUT = 1024;

  private final BlockSource source;

  /** No two shards of a folder are equal, as their entries differ: a repeat is an attack. */
  private final Set<Cid> visited = new HashSet<>();

  HamtReader(BlockSource source) {
    this.source = source;
  }

  /** Gives all entries. A reader lists one folder once. */
  void list(Cid cid, PbNode node, UnixFsDirectory.Visitor visitor) {
    list(cid, node, visitor, 0);
  }

  private void list(Cid cid, PbNode node, UnixFsDirectory.Visitor visitor, int depth) {
    if (!visited.add(cid) || depth > MAX_DEPTH) {
      throw new FormatException("sharded folder repeats " + cid + " or is too deep");
    }
    int digits = slotDigits(fanout(cid, node.unixFs()));
    for (PbLink link : node.links()) {
      if (link.name().length() < digits) {
        throw new FormatException("link without a slot in sharded folder " + cid);
      }
      if (link.name().length() == digits) {
        list(link.hash(), shard(link), visitor, depth + 1);
      } else {
        visitor.visit(entry(link, digits));
      }
    }
  }

  /** The entry with a name. */
  Optional<UnixFsDirectory.Entry> find(Cid root, PbNode rootNode, String name) {
    long hash = Murmur3.hash64(name.getBytes(StandardCharsets.UTF_8));
    Cid cid = root;
    PbNode node = rootNode;
    int used = 0;
    while (true) {
      long fanout = fanout(cid, node.unixFs());
      int bits = Long.numberOfTrailingZeros(fanout);
      if (used + bits > Long.SIZE) {
        throw new FormatException("sharded folder is too deep at " + cid);
      }
      String slot = slotText(hash << used >>> (Long.SIZE - bits), slotDigits(fanout));
      Optional<PbLink> link = linkIn(node, slot, name);
      if (link.isEmpty() || link.get().name().length() > slot.length()) {
        return link.map(found -> entry(found, slot.length()));
      }
      cid = link.get().hash();
      node = shard(link.get());
      used += bits;
    }
  }

  private static Optional<PbLink> linkIn(PbNode node, String slot, String name) {
    return node.links().stream()
        .filter(link -> link.name().equals(slot) || link.name().equals(slot + name))
        .findFirst();
  }

  private PbNode shard(PbLink link) {
    return DagPb.decode(source.read(link.hash()));
  }

  private static UnixFsDirectory.Entry entry(PbLink link, int digits) {
    return new UnixFsDirectory.Entry(link.name().substring(digits), link.hash(), link.tsize());
  }

  private static long fanout(Cid cid, UnixFs message) {
    long fanout = message.fanout() == null ? 0 : message.fanout();
    boolean shard = message.type() == UnixFs.Type.HAMT_SHARD && Long.bitCount(fanout) == 1;
    if (!shard || fanout < MIN_FANOUT || fanout > MAX_FANOUT) {
      throw new FormatException(cid + " is not a shard of a folder with a fanout we know");
    }
    return fanout;
  }

  private static int slotDigits(long fanout) {
    return Long.toHexString(fanout - 1).length();
  }

  /** A slot as links have it. */
  static String slotText(long slot, int digits) {
    String text = Long.toHexString(slot).toUpperCase(Locale.ROOT);
    return "0".repeat(digits - text.length()) + text;
  }
}
