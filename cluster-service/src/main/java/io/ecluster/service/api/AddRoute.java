package io.ecluster.service.api;

import io.ecluster.adder.AddEntry;
import io.ecluster.adder.AddEvent;
import io.ecluster.adder.AddRequest;
import io.ecluster.adder.Adder;
import io.ecluster.client.Json;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.DagLayout;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code POST /add}: reads files while it answers with what became of them. */
public final class AddRoute {
  private static final int DEFAULT_DATA_SHARDS = 4;
  private static final int DEFAULT_PARITY_SHARDS = 2;
  private static final long DEFAULT_SHARD_SIZE = 100L << 20;

  private final Adder adder;
  private final Clock clock;

  public AddRoute(Adder adder, Clock clock) {
    this.adder = adder;
    this.clock = clock;
  }

  void handle(Exchange x) {
    Query query = x.query();
    Supplier<AddRequest> request = request(query, clock);
    Multipart parts = new Multipart(x.body(), x.header("Content-Type"));
    Iterator<AddEntry> entries = new MultipartEntries(parts);
    if (!entries.hasNext()) { // also reads before answering: clients may wait for "100 Continue"
      throw ApiException.badRequest("the request carries no file");
    }
    x.setHeader("Cache-Control", "no-cache");
    x.setHeader("Connection", "close");
    if (query.flag("stream-channels", true)) {
      stream(x, request, entries);
    } else {
      List<Object> events = new ArrayList<>();
      adder.add(request.get(), entries, event -> events.add(json(event)));
      x.answer(events);
    }
  }

  private void stream(Exchange x, Supplier<AddRequest> request, Iterator<AddEntry> entries) {
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    x.setHeader("X-Chunked-Output", "1");
    Exchange.StreamTrailer trailer = x.announceTrailer();
    try (OutputStream out = x.output()) {
      out.flush();
      try {
        adder.add(request.get(), entries, event -> send(out, event));
      } catch (RuntimeException e) {
        trailer.set(Errors.message(e));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(OutputStream out, AddEvent event) {
    try {
      out.write((Json.write(json(event)) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the client is gone", e);
    }
  }

  /**
   * The parameters of an add. What can only be wrong together with other options is found wrong
   * late, when the request is asked for, as Go does it.
   *
   * @throws ApiException with 400 if one is nonsense, or not done here
   */
  public static Supplier<AddRequest> request(Query query, Clock clock) {
    boolean erasure = query.flag("erasure", false);
    if (query.flag("shard", false) && !erasure) {
      throw ApiException.badRequest(
          "sharding without erasure coding is not supported; use erasure=true");
    }
    AddRequest request =
        new AddRequest(
            format(query),
            ImportOptions.DEFAULT,
            PinQuery.parse(query, clock),
            query.flag("wrap-with-directory", false),
            query.flag("local", false),
            !query.flag("no-pin", false),
            query.flag("progress", false),
            erasure ? Optional.of(coding(query)) : Optional.empty());
    Supplier<ImportOptions> dag = importOptions(query, erasure);
    return () -> request.withDag(dag.get());
  }

  private static AddRequest.Format format(Query query) {
    return switch (query.text("format")) {
      case "", "unixfs" -> AddRequest.Format.UNIXFS;
      case "car" -> AddRequest.Format.CAR;
      default -> throw query.invalid("format");
    };
  }

  private static AddRequest.Coding coding(Query query) {
    return new AddRequest.Coding(
        query.integer("data-shards", DEFAULT_DATA_SHARDS),
        query.integer("parity-shards", DEFAULT_PARITY_SHARDS),
        query.size("shard-size", DEFAULT_SHARD_SIZE),
        query.flag("allow-shared-peers", false));
  }

  private static Supplier<ImportOptions> importOptions(Query query, boolean erasure) {
    int version = query.integer("cid-version", 0);
    boolean rawLeaves = query.flag("raw-leaves", version > 0 || erasure);
    DagLayout layout = layout(query);
    return () ->
        new ImportOptions(
            Chunking.parse(query.text("chunker")), layout, rawLeaves, version, hash(query));
  }

  private static HashFunction hash(Query query) {
    String name = query.text("hash").toLowerCase(Locale.ROOT);
    return HashFunction.byName(name.isEmpty() ? "sha2-256" : name)
        .orElseThrow(() ->
            new FormatException(
                "unrecognized hash function: %s; there are %s"
                    .formatted(name, HashFunction.summary())));
  }

  private static DagLayout layout(Query query) {
    return switch (query.text("layout")) {
      case "", "balanced" -> DagLayout.BALANCED;
      case "trickle" -> DagLayout.TRICKLE;
      default -> throw query.invalid("layout");
    };
  }

  private static Map<String, @Nullable Object> json(AddEvent event) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", event.name());
    json.put("cid", event.cid().map(Object::toString).orElse(null));
    if (event.bytes() > 0) {
      json.put("bytes", event.bytes());
    }
    if (event.size() > 0) {
      json.put("size", event.size());
    }
    if (!event.allocations().isEmpty()) {
      json.put("allocations", ApiJson.texts(event.allocations()));
    }
    event.receipt().ifPresent(receipt -> json.put("erasure", json(receipt)));
    return json;
  }

  private static Map<String, @Nullable Object> json(AddEvent.Receipt receipt) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("data_shards", receipt.dataShards());
    json.put("parity_shards", receipt.parityShards());
    json.put("groups", receipt.groups());
    json.put("size", receipt.size());
    json.put("stored_bytes", receipt.storedBytes());
    json.put("factor", factor(receipt));
    json.put("margin", receipt.margin());
    json.put("relaxed", receipt.relaxed());
    return json;
  }

  private static String factor(AddEvent.Receipt receipt) {
    return String.format(
        Locale.ROOT, "%.3f", (double) receipt.storedBytes() / Math.max(1, receipt.size()));
  }
}
