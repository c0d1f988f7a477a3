package io.ecluster.adder;

import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockSink;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.DagLayout;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.multiformats.HashFunction;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Adds that must give what Kubo gives, each under the options of both. */
public final class KuboMatrix {
  private static final String USUAL = "size-262144";

  private static final List<String> CHUNKERS =
      List.of(
          "default",
          "size-1000",
          "rabin",
          "rabin-90",
          "rabin-64-128-256",
          "rabin-min:1000-avg:3000-max:9000",
          "buzhash");

  private static final List<String> HASHES =
      List.of(
          "sha1",
          "sha2-512",
          "sha3-224",
          "sha3-256",
          "sha3-384",
          "sha3-512",
          "shake-256",
          "keccak-256",
          "keccak-512",
          "dbl-sha2-256",
          "blake2b-160",
          "blake2b-256",
          "blake2b-512",
          "blake2s-256",
          "blake3");

  private KuboMatrix() {}

  /**
   * One add.
   *
   * @param chunker as Kubo is told of it
   * @param subjects names of what is added, see {@link KuboTrees}
   */
  public record Case(String chunker, ImportOptions dag, boolean wrap, List<String> subjects) {
    /** A name for it, which is also the key of its frozen roots. */
    @Override
    public String toString() {
      return "%s %s raw-leaves=%s cid-version=%d %s%s: %s"
          .formatted(
              chunker,
              dag.layout().name().toLowerCase(Locale.ROOT),
              dag.rawLeaves(),
              dag.cidVersion(),
              dag.hash(),
              wrap ? " wrapped" : "",
              String.join(" ", subjects));
    }

    /** The same options as Kubo's RPC has them. */
    public String kuboQuery() {
      return "only-hash=true&chunker=%s&trickle=%s&raw-leaves=%s&cid-version=%d&hash=%s&wrap-with-directory=%s"
          .formatted(
              chunker,
              dag.layout() == DagLayout.TRICKLE,
              dag.rawLeaves(),
              dag.cidVersion(),
              dag.hash(),
              wrap);
    }

    /** What is added, in order. */
    public List<AddEntry> entries() {
      return subjects.stream().flatMap(subject -> KuboTrees.entries(subject).stream()).toList();
    }

    /** Adds it with our importer: the last event of each name. */
    public Map<String, AddEvent> importTo(BlockSink sink) {
      AddRequest request =
          new AddRequest(dag, PinOptions.NONE, wrap, false, true, false, Optional.empty());
      Map<String, AddEvent> events = new TreeMap<>();
      EntryImporter importer =
          new EntryImporter(request, sink, e -> events.put(e.name(), e), List::of);
      AddEvent root = importer.importAll(entries().iterator());
      events.put(root.name(), root);
      return events;
    }

    /** The CIDs of what has no folder around it, by name. */
    public Map<String, String> roots() {
      Map<String, String> roots = new TreeMap<>();
      importTo(KuboMatrix::drop)
          .forEach((name, event) -> {
            if (wrap ? name.isEmpty() : !name.contains("/")) {
              roots.put(name, event.cid().orElseThrow().toString());
            }
          });
      return roots;
    }
  }

  /** Adds a CAR that must be whole. */
  public static AddEvent importCar(byte[] car, BlockSink sink) {
    AddEntry entry = new AddEntry.File("x.car", new ByteArrayInputStream(car));
    return new CarImporter(true, sink, List::of).importAll(List.of(entry).iterator());
  }

  private static void drop(Block block) {
    // only its CID is of interest
  }

  /** All adds. */
  public static Set<Case> cases() {
    Set<Case> cases = new LinkedHashSet<>();
    for (String layout : List.of("balanced", "trickle")) {
      for (boolean rawLeaves : List.of(false, true)) {
        for (int version = 0; version <= 1; version++) {
          for (String chunker : CHUNKERS) {
            String size = chunker.equals("rabin-90") ? "50000" : "1200000";
            cases.add(of(chunker, layout, rawLeaves, version, "0", "1", "1000", size));
          }
        }
        cases.add(of(USUAL, layout, rawLeaves, 0, "262143", "262144", "262145"));
        cases.add(of("size-64", layout, rawLeaves, 0, boundaries()));
      }
    }
    cases.add(of("size-2096896", "balanced", false, 0, "2096896", "2096897"));
    hashes(cases);
    folders(cases);
    return cases;
  }

  /** Around a chunk, a full node, a full node of a trickle tree, and a third level. */
  private static String[] boundaries() {
    List<String> sizes = new ArrayList<>();
    int node = 174 * 64;
    for (int full : List.of(64, node, 2 * node, node + 4 * node, node + 4 * node + 20 * node)) {
      for (int more = -1; more <= 1; more++) {
        sizes.add(String.valueOf(full + more));
      }
    }
    sizes.add(String.valueOf(174 * node));
    sizes.add(String.valueOf(174 * node + 1));
    return sizes.toArray(String[]::new);
  }

  private static void hashes(Set<Case> cases) {
    for (String hash : HASHES) {
      for (boolean rawLeaves : List.of(false, true)) {
        ImportOptions dag =
            options("size-1000", rawLeaves ? "balanced" : "trickle", rawLeaves, 1, hash);
        cases.add(new Case("size-1000", dag, false, List.of("0", "5000", "300000", "tree")));
      }
    }
  }

  private static void folders(Set<Case> cases) {
    for (boolean rawLeaves : List.of(false, true)) {
      for (int version = 0; version <= 1; version++) {
        ImportOptions dag = options(USUAL, "balanced", rawLeaves, version, "sha2-256");
        for (String tree : KuboTrees.SMALL) {
          cases.add(new Case(USUAL, dag, false, List.of(tree)));
        }
        cases.add(new Case(USUAL, dag, true, List.of("tree", "1", "hidden", "empty")));
        cases.add(new Case(USUAL, dag, true, List.of("1000")));
      }
    }
    ImportOptions plain = options(USUAL, "balanced", false, 0, "sha2-256");
    ImportOptions modern = options(USUAL, "balanced", true, 1, "sha2-256");
    ImportOptions blake3 = options("size-100", "trickle", false, 1, "blake3");
    for (String tree : KuboTrees.WIDE) {
      cases.add(new Case(USUAL, plain, false, List.of(tree)));
      cases.add(new Case(USUAL, modern, false, List.of(tree)));
    }
    cases.add(new Case("size-100", blake3, true, List.of("wide", "tree")));
  }

  private static Case of(
      String chunker, String layout, boolean rawLeaves, int version, String... subjects) {
    return new Case(
        chunker,
        options(chunker, layout, rawLeaves, version, "sha2-256"),
        false,
        List.of(subjects));
  }

  private static ImportOptions options(
      String chunker, String layout, boolean rawLeaves, int version, String hash) {
    return new ImportOptions(
        Chunking.parse(chunker),
        DagLayout.parse(layout),
        rawLeaves,
        version,
        HashFunction.byName(hash).orElseThrow());
  }
}
