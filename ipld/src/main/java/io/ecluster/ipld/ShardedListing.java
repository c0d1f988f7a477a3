package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.util.Optional;

/** The entries of a sharded folder, whose other nodes are read as they are needed. */
record ShardedListing(Cid cid, PbNode root, BlockSource source) implements UnixFsDirectory.Listing {
  @Override
  public void forEach(UnixFsDirectory.Visitor visitor) {
    new HamtReader(source).list(cid, root, visitor);
  }

  @Override
  public Optional<UnixFsDirectory.Entry> find(String name) {
    return new HamtReader(source).find(cid, root, name);
  }
}
