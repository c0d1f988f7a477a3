package io.ecluster.allocator;

import io.ecluster.allocator.Placement.Placed;
import io.ecluster.allocator.Placement.Receipt;
import io.ecluster.allocator.Placement.Refused;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which peer holds which shard of a coded group.
 *
 * <p>Goals, in order:
 *
 * <ol>
 *   <li>Never two shards of a group on one peer. This is hard: with too few peers the placement is
 *       refused, with numbers. Only the user can lift it ({@code --allow-shared-peers}); then
 *       shards are spread as evenly as can be, since the margin is what the fullest peers leave.
 *   <li>No shard on a peer that is known to have no room for it, while another has.
 *   <li>Failure domains are loaded evenly, the outermost first, so that as many of them as possible
 *       may be lost.
 *   <li>Free space, less what was promised since it was reported, is used in proportion.
 *   <li>Many groups spread over all peers, and so do their parity columns.
 * </ol>
 *
 * <p>The columns choose one after the other. Each takes the peer that is least in this order:
 * without room, shards of the group held, shards of the group in its outermost domain, in the next,
 * …, length of a straw. Taking from the least loaded place each time is water-filling: no other
 * choice ends with a lower maximum, also on top of shards that stay where they are.
 *
 * <p>The straw decides among equals: −ln(u) / available bytes, where u is a number in (0, 1] hashed
 * from (seed, column, peer). The shortest of such straws falls on each peer with a probability
 * proportional to its available bytes, so peers fill at the same relative rate, and yet the same
 * request always has the same answer. A peer that joins or leaves moves few other shards.
 *
 * <p>Example: 4+2 over eight peers in regions a (4), b (2), c (2): each region gets two. With three
 * peers and sharing allowed each gets two, and the margin is one peer.
 *
 * <p>Sources: straw2 buckets of Ceph's CRUSH; StripedReplicaPlacer of Apache Kafka for the form.
 */
public final class ShardPlacement {
  private final PlacementRequest request;
  private final Map<PeerId, Candidate> byPeer;
  private final Map<PeerId, Integer> shardsOfPeer = new HashMap<>();
  private final Map<List<String>, Integer> shardsOfDomain = new HashMap<>();
  private final SortedMap<Integer, PeerId> holders = new TreeMap<>();

  private ShardPlacement(PlacementRequest request) {
    this.request = request;
    this.byPeer = request.candidates().stream().collect(Collectors.toMap(Candidate::peer, c -> c));
    request.siblings().values().forEach(this::load);
  }

  /** Chooses a holder for each column, or says why it cannot. */
  public static Placement place(PlacementRequest request) {
    return new ShardPlacement(request).place();
  }

  private Placement place() {
    List<Candidate> eligible = eligible();
    int required = request.allowShared() ? 1 : request.columns().size();
    if (!request.columns().isEmpty() && eligible.size() < required) {
      return refusal(eligible.size());
    }
    for (int column : request.columns()) {
      Candidate best = eligible.stream().min(order(column)).orElseThrow();
      holders.put(column, best.peer());
      load(best.peer());
      eligible = request.allowShared() ? eligible : without(best, eligible);
    }
    return new Placed(holders, receipt());
  }

  private List<Candidate> eligible() {
    Set<PeerId> taken = request.allowShared() ? Set.of() : Set.copyOf(request.siblings().values());
    return request.candidates().stream()
        .filter(c -> !request.excluded().contains(c.peer()) && !taken.contains(c.peer()))
        .toList();
  }

  private static List<Candidate> without(Candidate chosen, List<Candidate> candidates) {
    return candidates.stream().filter(candidate -> !candidate.equals(chosen)).toList();
  }

  private Comparator<Candidate> order(int column) {
    Comparator<Candidate> order =
        Comparator.comparing((Candidate candidate) -> !hasRoom(candidate))
            .thenComparing(candidate -> shardsOfPeer.getOrDefault(candidate.peer(), 0));
    for (int level = 1; level <= levels(); level++) {
      int depth = level;
      order = order.thenComparing(c -> shardsOfDomain.getOrDefault(domain(c, depth), 0));
    }
    return order
        .thenComparingDouble(candidate -> straw(candidate, column))
        .thenComparing(Candidate::peer);
  }

  private boolean hasRoom(Candidate candidate) {
    return candidate.available() - newBytes(candidate.peer()) >= request.bytesPerColumn();
  }

  private long newBytes(PeerId peer) {
    return holders.values().stream().filter(peer::equals).count() * request.bytesPerColumn();
  }

  private double straw(Candidate candidate, int column) {
    long hash = Mix.of(request.seed(), column, candidate.peer());
    double fraction = ((hash >>> 11) + 1) * 0x1.0p-53; // 53 random bits make (0, 1]
    return -Math.log(fraction) / Math.max(1, candidate.available() - newBytes(candidate.peer()));
  }

  private void load(PeerId peer) {
    shardsOfPeer.merge(peer, 1, Integer::sum);
    Candidate candidate = byPeer.get(peer);
    for (int level = 1; candidate != null && level <= levels(); level++) {
      shardsOfDomain.merge(domain(candidate, level), 1, Integer::sum);
    }
  }

  private int levels() {
    return request.candidates().isEmpty() ? 0 : request.candidates().getFirst().domains().size();
  }

  /** A rack of one region is not the rack of the same name elsewhere: domains are paths. */
  private static List<String> domain(Candidate candidate, int level) {
    return candidate.domains().subList(0, level);
  }

  private Refused refusal(int eligible) {
    Set<PeerId> live = new TreeSet<>(byPeer.keySet());
    live.removeAll(request.excluded());
    int needed = request.allowShared() ? 1 : request.columns().size() + request.siblings().size();
    String message =
        "a group of "
            + (request.columns().size() + request.siblings().size())
            + " shards needs "
            + needed
            + " live peers and there are "
            + live.size()
            + "; "
            + eligible
            + " of them can take one of the "
            + request.columns().size()
            + " shards to place. Start more peers, use fewer data or parity shards, or allow"
            + " several shards on a peer with --allow-shared-peers";
    return new Refused(needed, live.size(), message);
  }

  private Receipt receipt() {
    List<PeerId> all =
        Stream.concat(request.siblings().values().stream(), holders.values().stream()).toList();
    List<Object> outermost = all.stream().map(peer -> domainOf(peer, 1)).toList();
    return new Receipt(
        Margin.of(all, request.parity()), Margin.of(outermost, request.parity()), relaxed(all));
  }

  /** The domain of a peer at a level; one of which nothing is known is its own. */
  private Object domainOf(PeerId peer, int level) {
    Candidate candidate = byPeer.get(peer);
    return candidate == null || levels() < level ? peer : domain(candidate, level);
  }

  private List<String> relaxed(List<PeerId> all) {
    List<String> relaxed = new ArrayList<>();
    sharedPeers().forEach(relaxed::add);
    crowdedDomains(all).forEach(relaxed::add);
    holders.values().stream()
        .distinct()
        .map(byPeer::get)
        .filter(candidate -> candidate.available() < newBytes(candidate.peer()))
        .map(this::noRoom)
        .forEach(relaxed::add);
    return relaxed;
  }

  private Stream<String> sharedPeers() {
    return shardsOfPeer.entrySet().stream()
        .filter(entry -> entry.getValue() > 1)
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getValue() + " shards share peer " + entry.getKey());
  }

  /** Domains whose loss would be the group's, where there is more than one to choose from. */
  private Stream<String> crowdedDomains(List<PeerId> all) {
    return shardsOfDomain.entrySet().stream()
        .filter(entry -> entry.getValue() > request.parity())
        .filter(entry -> isChoice(entry.getKey().size()) && all.size() > 1)
        .sorted(Comparator.comparing(entry -> String.join("/", entry.getKey())))
        .map(entry ->
            entry.getValue()
                + " shards are in failure domain "
                + String.join("/", entry.getKey())
                + ", of which "
                + request.parity()
                + " may be lost");
  }

  private boolean isChoice(int level) {
    return request.candidates().stream().map(c -> domain(c, level)).distinct().count() > 1;
  }

  private String noRoom(Candidate candidate) {
    return "peer "
        + candidate.peer()
        + " has "
        + candidate.available()
        + " bytes free and gets "
        + newBytes(candidate.peer());
  }
}
