package io.ecluster.service.proxy;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.core.cluster.Cluster;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code block/put} and {@code dag/put} with {@code pin=true}: Kubo stores, and the cluster pins
 * what it says it has stored.
 */
final class PutCommand implements Command {
  private final Cluster cluster;
  private final Optional<Upstream> kubo;
  private final Function<String, String> query;
  private final Function<JsonObject, String> stored;

  private PutCommand(
      Cluster cluster,
      Optional<Upstream> kubo,
      Function<String, String> query,
      Function<JsonObject, String> stored) {
    this.cluster = cluster;
    this.kubo = kubo;
    this.query = query;
    this.stored = stored;
  }

  /** The commands by their names. */
  static Map<String, Command> all(Cluster cluster, Optional<Upstream> kubo) {
    return Map.of(
        "block/put",
        new PutCommand(cluster, kubo, Function.identity(), line -> line.text("Key")),
        "dag/put",
        new PutCommand(
            cluster, kubo, PutCommand::withoutPin, line -> line.object("Cid").text("/")));
  }

  /** A DAG that Kubo pins is pinned when the cluster does so. */
  static String withoutPin(String query) {
    List<String> kept = new ArrayList<>(List.of(query.split("&")));
    kept.removeIf(parameter -> parameter.equals("pin") || parameter.startsWith("pin="));
    kept.add("pin=false");
    return String.join("&", kept);
  }

  @Override
  public void run(Exchange x, Arguments arguments) throws IOException {
    if (kubo.isEmpty()) {
      throw new ApiException(
          501,
          "this peer has an IPFS node of its own, without Kubo's API, and cannot put single nodes;"
              + " use add, or a peer that has Kubo");
    }
    try (Upstream.Answer answer = kubo.get().send(x, query.apply(x.rawQuery()))) {
      if (answer.status() != 200) {
        x.setStatus(answer.status());
        Upstream.pass(answer.body(), x);
        answer.end();
        return;
      }
      x.setStatus(200);
      pinAll(x, answer);
      answer.end();
    }
  }

  private void pinAll(Exchange x, Upstream.Answer answer) throws IOException {
    Exchange.StreamTrailer trailer = x.announceTrailer();
    List<String> errors = new ArrayList<>();
    try (OutputStream out = x.output();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        pin(line).ifPresent(errors::add);
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
      answer.streamError().ifPresent(errors::add);
      if (!errors.isEmpty()) {
        trailer.set(String.join("; ", errors));
      }
    }
  }

  /** Pins what a line names, if it names anything, and gives what went wrong. */
  private Optional<String> pin(String line) {
    try {
      String cid = stored.apply(Json.parseObject(line));
      if (!cid.isEmpty()) {
        cluster.pin(Pin.of(Cid.parse(cid), PinOptions.NONE));
      }
      return Optional.empty();
    } catch (JsonException | FormatException e) {
      return Optional.of("Kubo's answer was not understood: " + e.getMessage());
    } catch (RuntimeException e) {
      return Optional.of(Errors.message(e));
    }
  }
}
