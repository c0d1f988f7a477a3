package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.Distance;
import io.ecluster.core.cluster.Sleeper;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes pins of codings that belong to nothing, as {@link SweepRules} decides. Of all trusted
 * live peers the one nearest to a pin acts, and only when it found the pin so twice in a row: the
 * news of a long add may come later than that it has ended.
 */
public final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  /** Pins removed in one delta. */
  private static final int BATCH = 256;

  /** What is beyond this waits for the next sweep; keeps the suspects few. */
  private static final int MAX_SUSPECTS = 100_000;

  private final RecoveryParts parts;
  private final Duration grace;
  private Set<Cid> suspects = Set.of();

  /**
   * @param grace how long a pin may be without owner
   */
  public Sweep(RecoveryParts parts, Duration grace) {
    this.parts = parts;
    this.grace = grace;
  }

  /** Sweeps every now and then until what it returns is closed. */
  public AutoCloseable every(Duration interval, Sleeper sleeper) {
    Thread thread = Thread.ofVirtual().name("sweep").start(() -> repeat(interval, sleeper));
    return thread::interrupt;
  }

  private void repeat(Duration interval, Sleeper sleeper) {
    try {
      while (true) {
        sleeper.sleep(interval);
        attempt();
      }
    } catch (InterruptedException e) {
      LOG.debug("no more sweeps");
    }
  }

  private void attempt() {
    try {
      run();
    } catch (RuntimeException e) {
      LOG.warn("sweep failed, the next one tries again: {}", e.toString());
    }
  }

  /** Sweeps once. Not to be called by two threads at once. Gives how many pins it removed. */
  public int run() {
    Optional<Map<PeerId, Set<String>>> adding =
        addsInProgress(); // before the pinset is read: see isOrphan
    if (adding.isEmpty()) {
      return 0;
    }
    SweepRules rules =
        new SweepRules(
            parts.state()::get,
            livingCodings(),
            adding.get().values().stream().flatMap(Set::stream).collect(Collectors.toSet()),
            parts.clock().instant(),
            grace);
    Set<Cid> orphans = orphans(rules);
    Set<PeerId> sweepers = adding.get().keySet();
    List<Cid> ours =
        orphans.stream().filter(suspects::contains).filter(cid -> isOurs(cid, sweepers)).toList();
    suspects = orphans;
    remove(ours.stream().filter(cid -> stillOrphan(cid, rules)).toList());
    return ours.size();
  }

  /**
   * Coding ids of the adds of all who live, by peer, without the Go peers, which neither code nor
   * sweep; nothing if someone who lives does not tell, for then nobody can know.
   */
  private Optional<Map<PeerId, Set<String>>> addsInProgress() {
    Set<PeerId> live = new Probes(parts.peers()).among(parts.peers().live());
    try {
      List<PeerId> asked = List.copyOf(live);
      List<Optional<Set<String>>> answers = AtOnce.map(asked, parts.blocks()::addsInProgress);
      Map<PeerId, Set<String>> adding = new HashMap<>();
      for (int i = 0; i < asked.size(); i++) {
        PeerId peer = asked.get(i);
        answers.get(i).ifPresent(ids -> adding.put(peer, ids));
      }
      return Optional.of(adding);
    } catch (RpcException e) {
      LOG.info("no sweep, for a peer did not say what it is adding: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private Set<String> livingCodings() {
    try (Stream<Pin> pins = parts.state().list()) {
      return pins.filter(pin -> pin.type() == PinType.CLUSTER_DAG)
          .filter(pin -> SweepRules.isReferenced(pin, parts.state()::get))
          .flatMap(pin -> SweepRules.codingOf(pin).stream())
          .collect(Collectors.toSet());
    }
  }

  private Set<Cid> orphans(SweepRules rules) {
    try (Stream<Pin> pins = parts.state().list()) {
      return pins.filter(rules::isOrphan)
          .map(Pin::cid)
          .limit(MAX_SUSPECTS)
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  private boolean isOurs(Cid cid, Set<PeerId> sweepers) {
    List<PeerId> rivals = sweepers.stream().filter(parts.consensus()::trusts).toList();
    return Distance.isClosest(parts.peers().self(), rivals, cid);
  }

  private boolean stillOrphan(Cid cid, SweepRules rules) {
    return parts.state().get(cid).filter(rules::isOrphan).isPresent();
  }

  private void remove(List<Cid> cids) {
    for (int from = 0; from < cids.size(); from += BATCH) {
      List<PinChange> batch = new ArrayList<>();
      cids.subList(from, Math.min(from + BATCH, cids.size()))
          .forEach(cid -> batch.add(new PinChange.Remove(cid)));
      parts.consensus().commit(batch);
      LOG.info("{} pins of codings that belong to nothing were removed", batch.size());
    }
  }
}
