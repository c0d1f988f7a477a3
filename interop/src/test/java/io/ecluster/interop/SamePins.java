package io.ecluster.interop;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Waits until all peers have the same pins.
 *
 * <p>A Go peer may end with another pin than all updates say. go-ds-crdt 0.6.8 takes its lock when
 * it merges what is set, but not when it merges what is removed, so that an unpin and a pin of one
 * CID which it processes at the same time may undo each other. Such a pin is told apart from a
 * fault of ours: all of ours agree on it, a Go peer agrees with them, and nothing changes any more.
 * The next write to the CID puts it right.
 *
 * <p>For how long nothing changes matters: a Go peer fetches one announced update at a time, and
 * takes two minutes to give up on one that was lost with its writer. Until then it hears nothing.
 */
final class SamePins {
  /** Longer than any peer takes from one update to the next; Go's {@code DAGSyncerTimeout} is 2. */
  private static final Duration UNCHANGED = Duration.ofSeconds(150);

  private static final Duration PATIENCE = Duration.ofMinutes(8);

  private final List<MixedPeer> peers;
  private final InstantSource clock;
  private List<NavigableMap<String, JsonObject>> pins = List.of();
  private Instant changed = Instant.MIN;

  SamePins(List<MixedPeer> peers, InstantSource clock) {
    this.peers = List.copyOf(peers);
    this.clock = clock;
  }

  /**
   * @return CIDs of pins that some Go peer keeps wrongly, which are none as a rule
   */
  static Set<String> await(List<MixedPeer> peers, String about) {
    SamePins same = new SamePins(peers, InstantSource.system());
    PeerProcesses.await(PATIENCE, "all have the same pins; " + about, same::settled);
    return differing(same.pins);
  }

  /** As {@link #await}, and has such pins written anew, so that all have the same after all. */
  static Set<String> make(List<MixedPeer> peers, String about) {
    Set<String> wrong = await(peers, about);
    for (String cid : wrong) {
      System.err.println("a Go peer keeps another pin of " + cid + " than its updates say");
      MixedPeer ours = peers.stream().filter(MixedPeer::isOurs).findFirst().orElseThrow();
      ours.pin(cid, "replication-min=-1&replication-max=-1&name=written-anew");
    }
    if (!wrong.isEmpty()) {
      PeerProcesses.await(
          PATIENCE,
          "all have the same pins again; " + about,
          () -> peers.stream().map(MixedPeer::pins).distinct().count() == 1);
    }
    return wrong;
  }

  /** Looks at all peers: whether they have the same pins, such pins of Go peers excepted. */
  boolean settled() {
    List<NavigableMap<String, JsonObject>> now = peers.stream().map(MixedPeer::pins).toList();
    if (!now.equals(pins)) {
      pins = now;
      changed = clock.instant();
    }
    Set<String> differing = differing(pins);
    return differing.isEmpty()
        || (changed.plus(UNCHANGED).isBefore(clock.instant())
            && differing.stream().allMatch(this::isGoAlone));
  }

  /** CIDs whose pins are not the same in all. */
  static Set<String> differing(List<NavigableMap<String, JsonObject>> pinsets) {
    Set<String> cids = new TreeSet<>();
    pinsets.forEach(pins -> cids.addAll(pins.keySet()));
    cids.removeIf(cid -> pinsets.stream().map(pins -> pins.get(cid)).distinct().count() == 1);
    return cids;
  }

  private boolean isGoAlone(String cid) {
    Set<Optional<JsonObject>> our = values(cid, true);
    return our.size() == 1 && values(cid, false).containsAll(our);
  }

  /** The pins of a CID that the peers of a kind have. */
  private Set<Optional<JsonObject>> values(String cid, boolean ours) {
    return IntStream.range(0, peers.size())
        .filter(i -> peers.get(i).isOurs() == ours)
        .mapToObj(i -> Optional.ofNullable(pins.get(i).get(cid)))
        .collect(Collectors.toSet());
  }
}
