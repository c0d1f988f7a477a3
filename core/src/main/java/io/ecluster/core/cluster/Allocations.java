package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Gathers what an allocation is decided by, and has it decided. */
final class Allocations {
  private static final String TAG = "tag:";

  private final PeerSettings settings;
  private final Members members;
  private final Monitor monitor;
  private final Consensus consensus;
  private final Allocator allocator;

  Allocations(PeerParts parts, PeerSettings settings, Members members) {
    this.settings = settings;
    this.members = members;
    this.monitor = parts.monitor();
    this.consensus = parts.consensus();
    this.allocator = parts.allocator();
  }

  /**
   * The peers for a pin that {@link PinRules} has checked; none means everywhere.
   *
   * @param what names the pin in an error
   * @throws NotEnoughPeersException if there are too few
   */
  List<PeerId> choose(
      String what, PinOptions options, Optional<Pin> existing, Set<PeerId> excluded) {
    if (options.everywhere()) {
      return List.of();
    }
    return allocator.allocate(
        new Allocator.Request(
            what,
            options.replicationMin(),
            options.replicationMax(),
            existing.map(Pin::allocations).orElse(List.of()),
            options.userAllocations(),
            excludedToo(excluded),
            metrics()));
  }

  /** Where the blocks of an add go before its root is known. */
  List<PeerId> forAdd(PinOptions options, Set<PeerId> absent) {
    return options.everywhere()
        ? members.all().stream().filter(peer -> !absent.contains(peer)).toList()
        : choose("the blocks of an add", options, Optional.empty(), absent);
  }

  private Map<String, List<Metric>> metrics() {
    Map<String, List<Metric>> metrics = new LinkedHashMap<>();
    settings.allocateBy().forEach(name -> metrics.put(name, monitor.latest(name)));
    return metrics;
  }

  private Set<PeerId> excludedToo(Set<PeerId> excluded) {
    Set<PeerId> all = new HashSet<>(excluded);
    members.all().stream().filter(unwelcome()).forEach(all::add);
    return all;
  }

  private Predicate<PeerId> unwelcome() {
    return peer ->
        (settings.pinOnlyOnTrusted() && !consensus.trusts(peer))
            || (settings.pinOnlyOnUntrusted() && consensus.trusts(peer));
  }

  /** All live peers that pins may go to, with what the placement of shards needs to know. */
  List<LivePeer> livePeers() {
    Map<PeerId, Long> free = new HashMap<>();
    monitor
        .latest(Metric.FREESPACE)
        .forEach(metric -> free.put(metric.peer(), Math.max(0, metric.weight())));
    List<Map<PeerId, String>> tags = tags();
    return members.all().stream()
        .filter(unwelcome().negate())
        .map(peer -> new LivePeer(peer, free.getOrDefault(peer, 0L), domains(peer, tags)))
        .toList();
  }

  private List<Map<PeerId, String>> tags() {
    List<Map<PeerId, String>> tags = new ArrayList<>();
    for (String name : settings.allocateBy()) {
      if (name.startsWith(TAG)) {
        Map<PeerId, String> values = new HashMap<>();
        monitor.latest(name).forEach(metric -> values.put(metric.peer(), metric.value()));
        tags.add(values);
      }
    }
    return tags;
  }

  private static List<String> domains(PeerId peer, List<Map<PeerId, String>> tags) {
    return tags.stream().map(values -> values.getOrDefault(peer, "")).toList();
  }
}
