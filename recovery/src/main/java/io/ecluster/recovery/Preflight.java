package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.PinState;
import io.ecluster.erasure.GroupEntry;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.NotEnoughShardsException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds out before the first byte is sent whether enough holders of each group are there. */
final class Preflight {
  /** Before a read is refused, those that were silent get so much time. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Manifest manifest;
  private final PinState state;
  private final Peers peers;

  Preflight(Manifest manifest, PinState state, Peers peers) {
    this.manifest = manifest;
    this.state = state;
    this.peers = peers;
  }

  /**
   * Asks each holder once, all at the same time; and those that are silent once more if too few are
   * there.
   *
   * @return those that do not answer
   * @throws NotEnoughShardsException naming the first group that cannot be read
   */
  Set<PeerId> requireReadable() {
    Set<PeerId> holders = new HashSet<>();
    manifest
        .groups()
        .forEach(group -> group.shards().forEach(s -> holder(s).ifPresent(holders::add)));
    Set<PeerId> there = new Probes(peers).among(holders);
    holders.removeAll(there);
    if (!isReadable(there)) {
      List<PeerId> silent = List.copyOf(holders);
      List<Boolean> late = AtOnce.map(silent, peer -> peers.answers(peer, PATIENCE));
      IntStream.range(0, silent.size()).filter(late::get).mapToObj(silent::get).forEach(there::add);
      holders.removeAll(there);
      requireReadable(there);
    }
    return holders;
  }

  private boolean isReadable(Set<PeerId> there) {
    try {
      requireReadable(there);
      return true;
    } catch (NotEnoughShardsException e) {
      return false;
    }
  }

  private void requireReadable(Set<PeerId> there) {
    for (int group = 0; group < manifest.groups().size(); group++) {
      requireReadable(group, there);
    }
  }

  private void requireReadable(int number, Set<PeerId> there) {
    GroupEntry group = manifest.groups().get(number);
    List<Integer> missing = new ArrayList<>();
    for (int column = 0; column < group.shards().size(); column++) {
      Optional<Cid> shard = group.shards().get(column);
      if (shard.isPresent() && holder(shard).filter(there::contains).isEmpty()) {
        missing.add(column);
      }
    }
    int need = manifest.parameters().dataShards();
    int have = group.shards().size() - missing.size();
    if (have < need) {
      throw new NotEnoughShardsException(number, missing, have, need);
    }
  }

  private Optional<PeerId> holder(Optional<Cid> shard) {
    return shard.flatMap(state::get).map(Pin::allocations).flatMap(a -> a.stream().findFirst());
  }
}
