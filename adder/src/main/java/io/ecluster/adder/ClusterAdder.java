package io.ecluster.adder;

import io.ecluster.core.cluster.AddsInProgress;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.CodingId;
import io.ecluster.ipld.BlockSink;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The one adder: entries become a DAG, whose blocks go to copies or to coded groups. */
public final class ClusterAdder implements Adder {
  /** Roots stay named until each rival that began before their end has had its own look. */
  private static final int COMMIT_TIMEOUTS_REMEMBERED = 2;

  private final AdderCluster cluster;
  private final AddLimits limits;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final AddsUnderWay underWay;
  private final LongConsumer stripeNanos;

  public ClusterAdder(
      AdderCluster cluster, AddLimits limits, InstantSource clock, RandomGenerator random) {
    this(cluster, limits, clock, random, _ -> {});
  }

  /**
   * @param stripeNanos told how long the coding of each stripe took
   */
  public ClusterAdder(
      AdderCluster cluster,
      AddLimits limits,
      InstantSource clock,
      RandomGenerator random,
      LongConsumer stripeNanos) {
    this.stripeNanos = stripeNanos;
    this.cluster = cluster;
    this.limits = limits;
    this.clock = clock;
    this.random = random;
    this.underWay =
        new AddsUnderWay(clock, limits.commitTimeout().multipliedBy(COMMIT_TIMEOUTS_REMEMBERED));
  }

  /** The coded adds under way here: nobody may sweep them. */
  public AddsInProgress underWay() {
    return underWay;
  }

  @Override
  public Cid add(AddRequest request, Iterator<AddEntry> entries, Consumer<AddEvent> events) {
    if (request.format() == AddRequest.Format.CAR && request.wrap()) {
      throw new IllegalArgumentException("cannot wrap a CAR file upload");
    }
    PinOptions options = cluster.checked(request.pin());
    return request.coding().isPresent()
        ? addCoded(request, request.coding().get(), entries, events)
        : addCopies(request, options, entries, events);
  }

  private Cid addCopies(
      AddRequest request,
      PinOptions options,
      Iterator<AddEntry> entries,
      Consumer<AddEvent> events) {
    try (ReplicatedDestination copies =
        new ReplicatedDestination(cluster, limits, request, options)) {
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
    underWay.begin(id);
    try (CodedDestination groups =
        new CodedDestination(
            cluster, underWay, limits, request, id, parameters, clock, stripeNanos, events)) {
      return run(request, groups, List::of, entries, events);
    } finally {
      underWay.end(id);
    }
  }

  private static Cid run(
      AddRequest request,
      BlockDestination destination,
      Supplier<List<PeerId>> allocations,
      Iterator<AddEntry> entries,
      Consumer<AddEvent> events) {
    Importer importer = importer(request, destination, allocations, events);
    AddEvent root = importer.importAll(entries);
    Cid cid = root.cid().orElseThrow();
    Optional<AddEvent.Receipt> receipt = destination.commit(cid, importer.fileBytes(), events);
    events.accept(
        new AddEvent(
            root.name(), root.cid(), root.bytes(), root.size(), root.allocations(), receipt));
    return cid;
  }

  private static Importer importer(
      AddRequest request,
      BlockSink sink,
      Supplier<List<PeerId>> allocations,
      Consumer<AddEvent> events) {
    return switch (request.format()) {
      case UNIXFS -> new EntryImporter(request, sink, events, allocations);
      case CAR -> new CarImporter(request.coding().isPresent(), sink, allocations);
    };
  }
}
