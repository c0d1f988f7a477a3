package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** {@code add}: uploads files and folders, replicated or erasure-coded. */
final class AddCommand {
  private static final int BOUNDARY_BYTES = 30;

  /** How picocli says that an option and what follows are two words. */
  private static final String NOT_JOINED = " ";

  private AddCommand() {}

  static Command describe() {
    Command command =
        Command.named(
                "add", "Adds files and folders, replicated or erasure-coded; - is standard input.")
            .details(
                "Paths are files, folders, CAR files (with --format car) or http and https URLs,"
                    + " which are read and sent on. Several are put into one folder.",
                "Blocks go to the peers that shall have them, and are pinned there when all have"
                    + " arrived. With --local they go to the contacted peer only, and the others"
                    + " fetch them when they pin.",
                "With --erasure each group of data shards gets parity shards, on as many peers:"
                    + " of each group as many peers may be lost as it has parity shards.")
            .operands("PATH")
            .flag("add folders with all that is in them", "-r", "--recursive")
            .flag("print only CIDs", "-q", "--quiet")
            .flag("print only the CID of the root", "-Q", "--quieter")
            .flag("print when all is done", "--no-stream")
            .flag("keep the blocks on the contacted peer", "--local")
            .option("", "NAME", "a name for the pin", "-n", "--name")
            .number("0", "N", "fewest copies; -1 is everywhere", "--rmin", "--replication-min")
            .number("0", "N", "most copies", "--rmax", "--replication-max")
            .option("", "DURATION", "unpin after this long", "--expire-in")
            .repeated("KEY=VALUE", "metadata, may be repeated", "--metadata")
            .option("", "PEER[,PEER]", "peers to prefer", "--allocs", "--allocations")
            .flag("add without pinning", "--no-pin")
            .flag("put the files into a folder", "-w", "--wrap-with-directory")
            .option("unixfs", "unixfs|car", "what the input is", "--format")
            .option("", "balanced|trickle", "the shape of the DAG", "--layout")
            .flag("also hidden files of folders", "-H", "--hidden")
            .option("size-262144", "CHUNKER", "how files are cut", "-s", "--chunker")
            .option("", "true|false", "leaves without an envelope", "--raw-leaves")
            .number("0", "0|1", "the version of CIDs; 1 implies raw leaves", "--cid-version")
            .option("sha2-256", "NAME", "the hash function; others imply version 1", "--hash")
            .flag("leave what a URL names where it is; implies raw leaves", "--nocopy")
            .flag("wait until it is pinned", "--wait")
            .option("0s", "DURATION", "wait no longer than this", "--wt", "--wait-timeout")
            .number("0", "N", "wait for this many peers; 0 for all", "--wl", "--wait-limit");
    allowBareFlag(command, "--raw-leaves");
    return erasureOptions(command).does(AddCommand::run);
  }

  private static Command erasureOptions(Command command) {
    return command
        .flag("erasure-code instead of copying", "--erasure")
        .flag("cut into shards, which is always so with --erasure", "--shard")
        .number("4", "D", "data shards of each group", "--data-shards")
        .number(
            "2", "P", "parity shards of each group: as many peers may be lost", "--parity-shards")
        .option("104857600", "BYTES", "the size at which a shard is full", "--shard-size")
        .flag("put several shards on one peer when there are too few", "--allow-shared-peers");
  }

  /** {@code --raw-leaves} alone means true; a value is joined to it: what follows is a path. */
  private static void allowBareFlag(Command command, String name) {
    var spec = command.spec();
    var old = spec.findOption(name);
    spec.remove(old);
    spec.addOption(
        old.toBuilder().arity("0..1").preprocessor(AddCommand::trueUnlessJoined).build());
  }

  private static boolean trueUnlessJoined(
      Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> given) {
    if (NOT_JOINED.equals(given.get("separator"))) {
      arguments.push("true");
    }
    return false; // and goes on with what is there now
  }

  private static void run(Session session, Arguments a) {
    List<UploadRoot> paths =
        a.operands().stream().map(path -> UploadRoot.of(path, session.environment())).toList();
    if (paths.isEmpty()) {
      throw new LocalException("error : need at least one path");
    }
    if (a.flag("--nocopy") && !paths.stream().allMatch(UploadRoot.Web.class::isInstance)) {
      throw new LocalException("error adding: nocopy option is only valid for URLs");
    }
    if (a.text("--format").equals("car") && wraps(a, paths)) {
      throw new LocalException("error : a CAR file cannot be put into a folder");
    }
    String boundary = boundary();
    UploadTree tree =
        new UploadTree(paths, a.flag("--recursive"), a.flag("--hidden"), boundary, System.in);
    long total = tree.check();
    Printer printer = new Printer(session.output(), a);
    boolean quiet = a.flag("--quiet") || a.flag("--quieter");
    try (Progress progress = new Progress(session.output(), quiet, total, System::nanoTime)) {
      session
          .api()
          .upload(
              query(session, a, paths).on("/add"),
              "multipart/form-data; boundary=" + boundary,
              out -> {
                var counted = progress.counting(out);
                tree.writeTo(counted);
                counted.flush();
              },
              event -> progress.aside(() -> printer.event(event)));
    }
    printer.end();
    if (a.flag("--wait")) {
      String target = a.flag("--erasure") ? "sharded" : "pinned";
      Waiting.awaitAdded(session, a, printer.rootCid(), target);
    }
  }

  private static QueryString query(Session session, Arguments a, List<UploadRoot> paths) {
    boolean erasure = a.flag("--erasure");
    QueryString query =
        new QueryString()
            .add("name", name(a, paths))
            .number("replication-min", a.number("--replication-min"))
            .number("replication-max", a.number("--replication-max"))
            .add("user-allocations", a.text("--allocations"))
            .add("expire-at", Expiry.time(session, a.text("--expire-in")))
            .metadata(a.texts("--metadata"))
            .add("layout", a.text("--layout"))
            .add("format", a.text("--format"))
            .add("chunker", a.text("--chunker"))
            .add("hash", a.text("--hash"))
            .add("cid-version", cidVersion(a))
            .add("raw-leaves", rawLeaves(a))
            .flag("wrap-with-directory", wraps(a, paths))
            .flag("local", a.flag("--local"))
            .flag("nocopy", a.flag("--nocopy"))
            .flag("no-pin", a.flag("--no-pin"))
            .flag("shard", a.flag("--shard"))
            .flag("recursive", a.flag("--recursive"))
            .flag("hidden", a.flag("--hidden"))
            .add("stream-channels", "true");
    return erasure ? withCode(query, a) : query;
  }

  private static boolean wraps(Arguments a, List<UploadRoot> paths) {
    return a.flag("--wrap-with-directory") || paths.size() > 1;
  }

  private static QueryString withCode(QueryString query, Arguments a) {
    return query
        .flag("erasure", true)
        .add("data-shards", String.valueOf(a.number("--data-shards")))
        .add("parity-shards", String.valueOf(a.number("--parity-shards")))
        .add("shard-size", a.text("--shard-size"))
        .flag("allow-shared-peers", a.flag("--allow-shared-peers"));
  }

  /** What is coded gets a name, which that of its shards is made from. */
  private static String name(Arguments a, List<UploadRoot> paths) {
    boolean needed = a.flag("--erasure") && a.text("--name").isEmpty();
    if (!needed) {
      return a.text("--name");
    }
    return paths.size() == 1
        ? paths.getFirst().name()
        : "sharded-" + String.format("%08x", ThreadLocalRandom.current().nextInt());
  }

  private static String cidVersion(Arguments a) {
    boolean usual = a.text("--hash").equalsIgnoreCase("sha2-256");
    return usual ? String.valueOf(a.number("--cid-version")) : "1";
  }

  private static String rawLeaves(Arguments a) {
    boolean implied = !cidVersion(a).equals("0") || a.flag("--erasure") || a.flag("--nocopy");
    return !a.text("--raw-leaves").isEmpty() ? a.text("--raw-leaves") : implied ? "true" : "";
  }

  private static String boundary() {
    byte[] random = new byte[BOUNDARY_BYTES];
    ThreadLocalRandom.current().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Prints what was added: as it comes, at the end, or only the root. */
  private static final class Printer {
    private final Output output;
    private final boolean quiet;
    private final boolean quieter;
    private final boolean late;
    private final List<JsonObject> held = new ArrayList<>();
    private String rootCid = "";

    Printer(Output output, Arguments a) {
      this.output = output;
      this.quiet = a.flag("--quiet");
      this.quieter = a.flag("--quieter");
      this.late = a.flag("--no-stream");
    }

    /** The last event is the root, also for erasure-coded adds. */
    void event(JsonObject event) {
      rootCid = event.text("cid");
      if (quieter || late) {
        held.add(event);
      } else {
        print(event);
      }
    }

    String rootCid() {
      return rootCid;
    }

    void end() {
      List<JsonObject> last =
          quieter && !held.isEmpty() ? List.of(held.getLast()) : List.copyOf(held);
      if (late && output.json()) {
        output.document(last.stream().map(JsonObject::fields).toList());
      } else {
        last.forEach(this::print);
      }
    }

    private void print(JsonObject event) {
      if (output.json()) {
        output.document(event.fields());
      } else if (quiet || quieter) {
        output.line(event.text("cid"));
      } else {
        output.line("added " + event.text("cid") + " " + event.text("name"));
        output.out().flush();
        if (event.has("erasure")) {
          output.note(receipt(event.object("erasure")));
        }
      }
    }

    private static String receipt(JsonObject receipt) {
      StringBuilder text =
          new StringBuilder(
              "coded %d+%d in %s: stored %s for %s (factor %s), any %d peers may be lost"
                  .formatted(
                      receipt.number("data_shards"),
                      receipt.number("parity_shards"),
                      groups(receipt.number("groups")),
                      Sizes.text(receipt.number("stored_bytes")),
                      Sizes.text(receipt.number("size")),
                      receipt.text("factor"),
                      receipt.number("margin")));
      receipt.texts("relaxed").forEach(rule -> text.append("\nnote: ").append(rule));
      return text.toString();
    }

    private static String groups(long count) {
      return count == 1 ? "1 group" : count + " groups";
    }
  }
}
