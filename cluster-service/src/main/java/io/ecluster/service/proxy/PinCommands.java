package io.ecluster.service.proxy;

import io.ecluster.client.Json;
import io.ecluster.core.cluster.Cluster;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.read.Blocks;
import io.ecluster.service.read.ContentPath;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The pins of Kubo's API, which here are the cluster's. */
final class PinCommands {
  private final Cluster cluster;
  private final Blocks blocks;

  PinCommands(Cluster cluster, Blocks blocks) {
    this.cluster = cluster;
    this.blocks = blocks;
  }

  Map<String, Command> commands() {
    Map<String, Command> commands = new TreeMap<>();
    commands.put("pin/add", this::add);
    commands.put("pin/rm", this::remove);
    commands.put("pin/ls", this::list);
    commands.put("pin/update", this::update);
    commands.put("repo/gc", this::collect);
    return commands;
  }

  private void add(Exchange x, Arguments arguments) {
    PinOptions options =
        options(arguments.options().text("type").equals("direct"), Optional.empty());
    List<Cid> pinned = new ArrayList<>();
    arguments.first();
    arguments.values().forEach(path -> pinned.add(cluster.pinPath(path, options).cid()));
    answerPins(x, pinned);
  }

  private void remove(Exchange x, Arguments arguments) {
    List<Cid> unpinned = new ArrayList<>();
    arguments.first();
    arguments.values().forEach(path -> unpinned.add(cluster.unpinPath(path).cid()));
    answerPins(x, unpinned);
  }

  /** The new pin takes the place of the old one; an update of a pin to itself changes nothing. */
  private void update(Exchange x, Arguments arguments) {
    Cid from = resolve(Arguments.path(arguments.get(0)));
    if (cluster.allocation(from).isEmpty()) {
      throw new CallException("path '" + arguments.get(0) + "' is not pinned");
    }
    Cid to = cluster.pinPath(arguments.get(1), options(false, Optional.of(from))).cid();
    if (arguments.options().flag("unpin", true) && !from.equals(to)) {
      cluster.unpin(from);
    }
    answerPins(x, List.of(from, to));
  }

  private Cid resolve(ContentPath path) {
    try (Reading reading = blocks.open(path.root())) {
      return path.resolve(reading).cid();
    }
  }

  private static PinOptions options(boolean direct, Optional<Cid> update) {
    PinOptions none = PinOptions.NONE;
    return new PinOptions(
        none.replicationMin(),
        none.replicationMax(),
        none.name(),
        direct,
        none.shardSize(),
        none.dataShards(),
        none.parityShards(),
        none.userAllocations(),
        none.expireAt(),
        none.metadata(),
        update,
        none.origins());
  }

  private static void answerPins(Exchange x, List<Cid> cids) {
    Map<String, Object> answer = Map.of("Pins", cids.stream().map(Cid::toString).toList());
    x.answer(200, "application/json", Json.write(answer).getBytes(StandardCharsets.UTF_8));
  }

  private void list(Exchange x, Arguments arguments) throws IOException {
    boolean stream =
        arguments.options().flag("stream", false) || arguments.options().flag("s", false);
    if (arguments.values().isEmpty()) {
      try (Stream<Pin> pins = cluster.allocations()) {
        send(x, pins.iterator(), stream);
      }
    } else {
      send(x, List.of(pinned(arguments.first())).iterator(), stream);
    }
  }

  private Pin pinned(String text) {
    try {
      return cluster
          .allocation(Cid.parse(text))
          .orElseThrow(() -> new CallException("Error: path '" + text + "' is not pinned"));
    } catch (FormatException e) {
      throw new CallException("error parsing argument: it must be a CID: " + e.getMessage());
    }
  }

  private static void send(Exchange x, Iterator<Pin> pins, boolean stream) throws IOException {
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    Writer out = new BufferedWriter(new OutputStreamWriter(x.output(), StandardCharsets.UTF_8));
    out.write(stream ? "" : "{\"Keys\":{");
    String separator = "";
    while (pins.hasNext()) {
      out.write(separator + (stream ? streamed(pins.next()) : keyed(pins.next())));
      separator = stream ? "" : ",";
    }
    out.write(stream ? "" : "}}");
    out.close();
  }

  private static String streamed(Pin pin) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Cid", pin.cid().toString());
    json.put("Type", type(pin));
    return Json.write(json) + "\n";
  }

  private static String keyed(Pin pin) {
    return Json.write(pin.cid().toString()) + ":" + Json.write(Map.of("Type", type(pin)));
  }

  private static String type(Pin pin) {
    boolean direct = pin.type() == PinType.DATA && pin.options().direct();
    return direct ? "direct" : "recursive";
  }

  /** Of all peers. */
  private void collect(Exchange x, Arguments arguments) throws IOException {
    boolean tellErrors = arguments.options().flag("stream-errors", false);
    List<String> errors = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (RepoGc gc : cluster.repoGc(false).values()) {
      for (RepoGc.Key key : gc.keys()) {
        key.cid().ifPresent(cid -> lines.append(line("Key", Map.of("/", cid.toString()))));
        if (!key.error().isEmpty()) {
          errors.add(key.error());
        }
      }
      if (!gc.error().isEmpty()) {
        errors.add(gc.error());
      }
    }
    if (tellErrors) {
      errors.forEach(error -> lines.append(line("Error", error)));
    } else if (!errors.isEmpty()) {
      throw new CallException(String.join("; ", errors));
    }
    x.answer(200, "application/json", lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String line(String key, Object value) {
    return Json.write(Map.of(key, value)) + "\n";
  }
}
