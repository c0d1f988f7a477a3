package io.ecluster.core.rpc;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/** What one peer's garbage collection removed, or why it failed. */
public record RepoGc(PeerId peer, String peerName, List<Key> keys, String error) {
  public RepoGc {
    keys = List.copyOf(keys);
  }

  /** One collected block, or what went wrong with it. */
  public record Key(Optional<Cid> cid, String error) {}
}
