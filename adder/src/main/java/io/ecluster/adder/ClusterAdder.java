package io.ecluster.adder;

import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodingId;
import io.ecluster.multiformats.Cid;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The one adder: entries become a DAG, whose blocks go to copies or to coded groups. */
public final class ClusterAdder implements Adder {
  private final AdderCluster cluster;
  private final AddLimits limits;
  private final RandomGenerator random;
  private final Set<CodingId> underWay = ConcurrentHashMap.newKeySet();

  public ClusterAdder(AdderCluster cluster, AddLimits limits, RandomGenerator random) {
    this.cluster = cluster;
    this.limits = limits;
    this.random = random;
  }

  /** The coding ids, in hexadecimal, of the coded adds under way: nobody may sweep them. */
  public Set<String> codingIds() {
    return underWay.stream().map(CodingId::toString).collect(Collectors.toSet());
  }

  @Override
  public Cid add(AddRequest request, Iterator<AddEntry> entries, Consumer<AddEvent> events) {
    return request.coding().isPresent()
        ? addCoded(request, request.coding().get(), entries, events)
        : addCopies(request, entries, events);
  }

  private Cid addCopies(AddRequest request, Iterator<AddEntry> entries, Consumer<AddEvent> events) {
    try (ReplicatedDestination copies = new ReplicatedDestination(cluster, request)) {
      return run(request, copies, copies::allocations, entries, events);
    }
  }

  private Cid addCoded(
      AddRequest request,
      AddRequest.Coding coding,
      Iterator<AddEntry> entries,
      Consumer<AddEvent> events) {
    CodeParameters parameters =
        new CodeParameters(
            coding.dataShards(), coding.parityShards(), limits.cellBytes(), coding.shardSize());
    CodingId id = CodingId.random(random);
    underWay.add(id);
    try (CodedDestination groups =
        new CodedDestination(cluster, limits, request, id, parameters, events)) {
      return run(request, groups, java.util.List::of, entries, events);
    } finally {
      underWay.remove(id);
    }
  }

  private static Cid run(
      AddRequest request,
      BlockDestination destination,
      java.util.function.Supplier<java.util.List<io.ecluster.multiformats.PeerId>> allocations,
      Iterator<AddEntry> entries,
      Consumer<AddEvent> events) {
    EntryImporter importer = new EntryImporter(request, destination, events, allocations);
    AddEvent root = importer.importAll(entries);
    Cid cid = root.cid().orElseThrow();
    Optional<AddEvent.Receipt> receipt = destination.commit(cid, importer.fileBytes(), events);
    events.accept(
        new AddEvent(root.name(), root.cid(), 0, root.size(), root.allocations(), receipt));
    return cid;
  }
}
