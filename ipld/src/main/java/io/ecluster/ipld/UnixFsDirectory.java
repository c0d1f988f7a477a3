package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A folder whose root block has been read; a sharded one reads its other blocks as they come. */
public final class UnixFsDirectory implements UnixFsNode {
  /**
   * An entry of a folder.
   *
   * @param name as stored; check it before it becomes a path on a disk
   * @param dagSize the size that the link gives: blocks of the whole DAG below
   */
  public record Entry(String name, Cid cid, long dagSize) {}

  /** Takes entries. */
  interface Visitor {
    void visit(Entry entry);
  }

  /** Knows the entries of one folder. */
  sealed interface Listing permits PlainListing, ShardedListing {
    void forEach(Visitor visitor);

    Optional<Entry> find(String name);
  }

  private final Cid cid;
  private final Listing listing;

  UnixFsDirectory(Cid cid, Listing listing) {
    this.cid = cid;
    this.listing = listing;
  }

  @Override
  public Cid cid() {
    return cid;
  }

  /** Gives every entry: a plain folder's by name, a sharded one's in the order of its shards. */
  public void forEach(Consumer<Entry> visitor) {
    listing.forEach(visitor::accept);
  }

  /** All entries, in the order of {@link #forEach}. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    forEach(entries::add);
    return entries;
  }

  /** The entry with this name. */
  public Optional<Entry> find(String name) {
    return listing.find(name);
  }
}
