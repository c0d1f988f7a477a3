package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.Peers;
import io.ecluster.multiformats.PeerId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Who answers, each peer asked once: the answers of one run. */
final class Probes {
  private final Peers peers;
  private final Map<PeerId, CompletableFuture<Boolean>> answers = new ConcurrentHashMap<>();

  Probes(Peers peers) {
    this.peers = peers;
  }

  boolean answers(PeerId peer) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> known = answers.putIfAbsent(peer, mine);
    if (known != null) {
      return known.join();
    }
    boolean there = false;
    try {
      there = peer.equals(peers.self()) || peers.answers(peer);
    } finally {
      mine.complete(there);
    }
    return there;
  }

  /** Those of them that answer, all asked at once. */
  Set<PeerId> among(Collection<PeerId> some) {
    List<PeerId> distinct = some.stream().distinct().toList();
    List<Boolean> there = AtOnce.map(distinct, this::answers);
    Set<PeerId> alive = new HashSet<>();
    for (int i = 0; i < there.size(); i++) {
      if (there.get(i)) {
        alive.add(distinct.get(i));
      }
    }
    return alive;
  }
}
