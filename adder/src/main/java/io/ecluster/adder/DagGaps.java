package io.ecluster.adder;

import io.ecluster.ipld.BlockLinks;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FingerprintSet;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether blocks that come in any order make a whole DAG: every link of each leads to one of them.
 * That is a little more than that the root's DAG is whole, and it is known without a second look at
 * any block. In memory are some 40 bytes for a block that has come and some 200 for a link whose
 * block has not; where children come before their parents, or depth first as {@code ipfs dag
 * export} writes them, there are few of the latter.
 */
final class DagGaps {
  /** A tebibyte of Kubo's usual blocks; some 150 MB of memory. */
  static final int MAX_BLOCKS = 4 * 1024 * 1024;

  /** The leaves of 64 GiB in Kubo's usual blocks; some 50 MB of memory. */
  static final int MAX_WAITING = 256 * 1024;

  private final int maxBlocks;
  private final int maxWaiting;
  private final FingerprintSet seen = new FingerprintSet();

  /**
   * Links whose blocks have not come, with who links there, in the order in which they were met.
   */
  private final Map<Multihash, Link> waiting = new LinkedHashMap<>();

  private record Link(Cid from, Cid to) {}

  DagGaps() {
    this(MAX_BLOCKS, MAX_WAITING);
  }

  DagGaps(int maxBlocks, int maxWaiting) {
    this.maxBlocks = maxBlocks;
    this.maxWaiting = maxWaiting;
  }

  /**
   * A block has come.
   *
   * @throws FormatException if there are more than can be remembered
   */
  void add(Cid cid, List<Cid> links) {
    if (!cid.hash().isIdentity() && seen.add(cid.hash())) {
      waiting.remove(cid.hash());
    }
    links.forEach(link -> want(cid, link));
    if (seen.size() > maxBlocks || waiting.size() > maxWaiting) {
      throw new FormatException(
          ("a CAR to be coded may have %d blocks, and %d links at a time whose blocks come later;"
                  + " write it depth first, as 'ipfs dag export' does, or cut it in parts")
              .formatted(maxBlocks, maxWaiting));
    }
  }

  /** A CID that carries its block leads on to what that links. */
  private void want(Cid from, Cid to) {
    if (to.hash().isIdentity()) {
      BlockLinks.of(to, to.hash().digest()).forEach(link -> want(to, link));
    } else if (!seen.contains(to.hash())) {
      waiting.putIfAbsent(to.hash(), new Link(from, to));
    }
  }

  /**
   * All blocks have come.
   *
   * @throws FormatException naming the first that is missing
   */
  void requireNone(Cid root) {
    if (!root.hash().isIdentity() && !seen.contains(root.hash())) {
      throw new FormatException("the CAR lacks the block of its root " + root);
    }
    want(root, root);
    waiting.values().stream()
        .findFirst()
        .ifPresent(link -> {
          throw new FormatException(
              "the CAR lacks block %s, which %s links to%s; a CAR to be coded must be whole"
                  .formatted(link.to(), link.from(), others()));
        });
  }

  private String others() {
    return waiting.size() == 1 ? "" : ", and " + (waiting.size() - 1) + " more";
  }
}
