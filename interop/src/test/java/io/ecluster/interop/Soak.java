package io.ecluster.interop;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Random operations on a cluster of two Go peers and two of ours, for as long as one likes. The
 * second of each kind goes away every other minute: it is stopped, killed or paused by turns. The
 * first ones stay, so that one sees whether they grow. Then a newcomer of each kind joins. Exits
 * with 1 if pins differ, a file does not come back, or a peer of ours grows.
 */
final class Soak {
  private static final int CIDS = 24;
  private static final int AT_THE_BOTTOM = 16;
  private static final int CHECK_EVERY_MINUTES = 3;
  private static final Duration AWAY = Duration.ofSeconds(10);
  private static final Duration FILES_AT = Duration.ofSeconds(35);
  private static final Duration CHECK_AT = Duration.ofSeconds(45);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Pattern CRDT =
      Pattern.compile("ipfscluster_crdt_(heads|max_height)(?:\\{[^}]*})? ([0-9.E]+)");

  private final SoakOptions options;
  private final Random random;
  private final MixedCluster cluster;
  private final MixedPeer go;
  private final MixedPeer restartedGo;
  private final OurMember ours;
  private final OurMember restartedOurs;
  private final List<MixedPeer> all;
  private final int metricsPort;
  private final SoakSamples samples = new SoakSamples();
  private final SoakFiles files;
  private int wrongAtGo;

  private Soak(SoakOptions options, MixedCluster cluster) {
    this.options = options;
    this.cluster = cluster;
    random = new Random(options.seed());
    metricsPort = cluster.freePort();
    go = cluster.go("go0", Map.of());
    restartedGo = cluster.go("go1", Map.of());
    ours = cluster.ours("ours0", Map.of());
    restartedOurs =
        cluster.ours(
            "ours1",
            Map.of(
                "CLUSTER_METRICS_ENABLESTATS",
                "true",
                "CLUSTER_METRICS_PROMETHEUSENDPOINT",
                "/ip4/127.0.0.1/tcp/" + metricsPort));
    all = cluster.peers();
    files = new SoakFiles(List.of(ours, restartedOurs), random);
  }

  /** Ends the whole process: with 1 if anything is not as it should be. */
  public static void main(String[] words) {
    SoakOptions options;
    try {
      options = SoakOptions.parse(List.of(words));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    System.out.println(options);
    MixedCluster cluster = new MixedCluster(6);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::leave));
    try {
      new Soak(options, cluster).run();
      cluster.close();
    } catch (RuntimeException | AssertionError e) {
      System.out.println("FAILED: " + e);
      System.out.println(cluster.logs());
      System.out.println("all is left in " + cluster.leave());
      System.exit(1);
    }
  }

  private void run() {
    cluster.start();
    List<String> bottom = RandomPins.contents(go.kubo(), random, AT_THE_BOTTOM);
    List<String> cids = RandomPins.contents(go.kubo(), random, CIDS);
    DeepDag dag = new DeepDag(List.of(go, ours));
    dag.raise(bottom, AT_THE_BOTTOM);
    RandomPins pins = new RandomPins(cids);
    SoakWriters writers = new SoakWriters(pins, options.pace());
    writers.start(all, random);
    for (int minute = 1; minute <= options.minutes(); minute++) {
      pass(minute, writers, pins);
    }
    writers.end();
    files.removeAll();
    awaitSamePins();
    raise(dag, cids);
    Newcomer newOurs = joined(cluster.ours("new-ours", Map.of()), go, bottom);
    Newcomer newGo = joined(cluster.go("new-go", Map.of()), ours, bottom);
    all.forEach(MixedPeer::stop);
    compareExports(newGo);
    summarise(newGo, newOurs);
    SoakSummary.assertFlat(samples, ours);
  }

  private static Newcomer joined(MixedPeer peer, MixedPeer known, List<String> bottom) {
    Newcomer newcomer = Newcomer.join(peer, known, bottom);
    System.out.println(peer.name() + " had the pins after " + newcomer.untilSame());
    peer.stop();
    return newcomer;
  }

  private void pass(int minute, SoakWriters writers, RandomPins pins) {
    Instant begun = Instant.now();
    MixedPeer peer = minute % 2 == 1 ? restartedOurs : restartedGo;
    String how = takeAway(peer, minute / 2, writers);
    until(begun.plus(FILES_AT));
    files.turn();
    until(begun.plus(CHECK_AT));
    boolean check = minute % CHECK_EVERY_MINUTES == 0;
    if (check) {
      writers.resting(this::awaitSamePins);
    }
    until(begun.plus(MINUTE));
    writers
        .failure()
        .ifPresent(failure -> {
          throw new IllegalStateException(failure);
        });
    System.out.printf(
        "minute %d: %d operations, %d refused; %d coded adds, %d refused; %d pins%s; %s; %s %s%n",
        minute,
        pins.done(),
        pins.refused(),
        files.added(),
        files.refused(),
        ours.pins().size(),
        check ? ", the same on all" : "",
        crdt(),
        peer.name(),
        how);
    all.forEach(samples::take);
    all.forEach(each -> System.out.println("  " + samples.line(each)));
  }

  /** Takes a peer away while the others write, and lets it come back. */
  private static String takeAway(MixedPeer peer, int turn, SoakWriters writers) {
    return switch (turn % 3) {
      case 0 -> away("stopped and started", peer, MixedPeer::stop, MixedPeer::start, writers);
      case 1 -> away("killed and started", peer, MixedPeer::kill, MixedPeer::start, writers);
      default -> away("paused", peer, MixedPeer::pause, (each, _) -> each.resume(), writers);
    };
  }

  private interface Start {
    void start(MixedPeer peer, String... options);
  }

  private static String away(
      String what,
      MixedPeer peer,
      java.util.function.Consumer<MixedPeer> end,
      Start start,
      SoakWriters writers) {
    writers.without(
        peer,
        () -> {
          end.accept(peer);
          until(Instant.now().plus(AWAY));
          start.start(peer);
        });
    return what;
  }

  private static void until(Instant when) {
    for (Instant now = Instant.now(); now.isBefore(when); now = Instant.now()) {
      LockSupport.parkNanos(Duration.between(now, when).toNanos());
    }
  }

  private void awaitSamePins() {
    try {
      wrongAtGo += SamePins.make(all, "").size();
    } catch (AssertionError e) {
      all.forEach(peer -> System.out.println(peer.name() + ": " + peer.pins()));
      throw e;
    }
  }

  private String crdt() {
    Matcher found = CRDT.matcher(metrics());
    StringBuilder text = new StringBuilder("CRDT");
    while (found.find()) {
      text.append(' ')
          .append(found.group(1))
          .append(' ')
          .append((long) Double.parseDouble(found.group(2)));
    }
    return text.toString();
  }

  private long height() {
    return CRDT.matcher(metrics())
        .results()
        .filter(found -> found.group(1).equals("max_height"))
        .mapToLong(found -> (long) Double.parseDouble(found.group(2)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no height in the metrics"));
  }

  private String metrics() {
    URI uri = URI.create("http://127.0.0.1:" + metricsPort + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(uri).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void raise(DeepDag dag, List<String> cids) {
    Instant begun = Instant.now();
    long before = height();
    for (long missing = options.depth() - before; missing > 0; ) {
      dag.raise(cids, missing);
      awaitSamePins();
      missing = options.depth() - height();
    }
    System.out.printf(
        "depth raised from %d to %d in %d s%n",
        before, height(), Duration.between(begun, Instant.now()).toSeconds());
  }

  private void compareExports(Newcomer newGo) {
    NavigableMap<String, JsonObject> first = ours.exported();
    for (MixedPeer peer : cluster.peers()) {
      Set<String> differing = SamePins.differing(List.of(first, peer.exported()));
      if (!differing.equals(peer.equals(newGo.peer()) ? newGo.wrong() : Set.of())) {
        throw new AssertionError(peer.name() + " exports other pins of " + differing);
      }
    }
    System.out.printf("%d pins, exported the same by all%n", first.size());
  }

  private void summarise(Newcomer newGo, Newcomer newOurs) {
    CrdtDag dag = CrdtDag.of(newOurs.peer());
    System.out.printf(
        "%d updates, %d deep, %d times two or more at one height%n",
        dag.size(), dag.height(), dag.conflicts());
    SoakSummary summary = new SoakSummary();
    summary.steady(samples, go, ours);
    summary.restarted(samples, restartedGo, restartedOurs);
    summary.newcomers(newGo, newOurs);
    summary.wrongAtGo(wrongAtGo, newGo);
    System.out.println(summary.table());
  }
}
