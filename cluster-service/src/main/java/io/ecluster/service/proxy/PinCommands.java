package io.ecluster.service.proxy;

import io.ecluster.client.Json;
import io.ecluster.core.cluster.Cluster;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Errors;
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
    String older = arguments.get(0, "from-path");
    String newer = arguments.get(1, "to-path");
    Cid from = resolve(Arguments.path(older));
    if (cluster.allocation(from).isEmpty()) {
      throw new CallException("path '" + older + "' is not pinned");
    }
    Cid to = cluster.pinPath(newer, options(false, Optional.of(from))).cid();
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
    if (!arguments.values().isEmpty()) {
      Pin pin = pinned(arguments.first());
      String one = stream ? streamed(pin) : "{\"Keys\":{" + keyed(pin) + "}}";
      x.answer(200, "application/json", one.getBytes(StandardCharsets.UTF_8));
      return;
    }
    try (Stream<Pin> pins = cluster.allocations()) {
      if (stream) {
        streamAll(x, pins.iterator());
      } else {
        sendAll(x, pins.iterator());
      }
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

  private static void sendAll(Exchange x, Iterator<Pin> pins) throws IOException {
    Writer out = begin(x);
    out.write("{\"Keys\":{");
    String separator = "";
    while (pins.hasNext()) {
      out.write(separator + keyed(pins.next()));
      separator = ",";
    }
    out.write("}}");
    out.close();
  }

  private static void streamAll(Exchange x, Iterator<Pin> pins) throws IOException {
    Exchange.StreamTrailer trailer = x.announceTrailer();
    try (Writer out = begin(x)) {
      while (pins.hasNext()) {
        out.write(streamed(pins.next()) + "\n");
      }
    } catch (RuntimeException e) {
      trailer.set(Errors.message(e));
    }
  }

  private static Writer begin(Exchange x) {
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    return new BufferedWriter(new OutputStreamWriter(x.output(), StandardCharsets.UTF_8));
  }

  private static String streamed(Pin pin) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Cid", pin.cid().toString());
    json.put("Type", type(pin));
    return Json.write(json);
  }

  private static String keyed(Pin pin) {
    return Json.write(pin.cid().toString()) + ":" + Json.write(Map.of("Type", type(pin)));
  }

  private static String type(Pin pin) {
    boolean direct = pin.type() == PinType.DATA && pin.options().direct();
    return direct ? "direct" : "recursive";
  }

  /** Of all peers. What was not removed is told in the lines if asked for, else at the end. */
  private void collect(Exchange x, Arguments arguments) throws IOException {
    boolean inLines = arguments.options().flag("stream-errors", false);
    Map<PeerId, RepoGc> peers = cluster.repoGc(false);
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    Exchange.StreamTrailer trailer = x.announceTrailer();
    List<String> errors = new ArrayList<>();
    try (Writer out =
        new BufferedWriter(new OutputStreamWriter(x.output(), StandardCharsets.UTF_8))) {
      for (RepoGc gc : peers.values()) {
        for (RepoGc.Key key : gc.keys()) {
          out.write(line(key, inLines, errors));
        }
        if (!gc.error().isEmpty()) {
          out.write(line(new RepoGc.Key(Optional.empty(), gc.error()), inLines, errors));
        }
      }
      if (!errors.isEmpty()) {
        trailer.set(String.join("; ", errors));
      }
    }
  }

  private static String line(RepoGc.Key key, boolean withError, List<String> errors) {
    Map<String, Object> json = new LinkedHashMap<>();
    key.cid().ifPresent(cid -> json.put("Key", Map.of("/", cid.toString())));
    if (!key.error().isEmpty()) {
      if (withError) {
        json.put("Error", key.error());
      } else {
        errors.add(key.error());
      }
    }
    return json.isEmpty() ? "" : Json.write(json) + "\n";
  }
}
