package io.ecluster.service.proxy;

import io.ecluster.adder.AddEntry;
import io.ecluster.adder.AddEvent;
import io.ecluster.adder.AddRequest;
import io.ecluster.adder.Adder;
import io.ecluster.client.Json;
import io.ecluster.service.api.AddRoute;
import io.ecluster.service.api.Multipart;
import io.ecluster.service.api.MultipartEntries;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** {@code add}: files for the cluster, with Kubo's parameters and events. */
final class AddCommand implements Command {
  private final Adder adder;
  private final Clock clock;

  AddCommand(Adder adder, Clock clock) {
    this.adder = adder;
    this.clock = clock;
  }

  @Override
  public void run(Exchange x, Arguments arguments) throws IOException {
    if (arguments.options().flag("only-hash", false)) {
      throw new CallException("only-hash is not supported here; ask the IPFS node itself");
    }
    Supplier<AddRequest> request = AddRoute.request(translated(arguments.options()), clock);
    Multipart parts = parts(x);
    Iterator<AddEntry> entries = new MultipartEntries(parts);
    if (!entries.hasNext()) {
      throw ApiException.badRequest("the request carries no file");
    }
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    x.setHeader("X-Chunked-Output", "1");
    x.setHeader("Connection", "close");
    Exchange.StreamTrailer trailer = x.announceTrailer();
    try (OutputStream out = x.output()) {
      out.flush();
      try {
        adder.add(request.get(), entries, event -> send(out, event));
      } catch (RuntimeException e) {
        trailer.set(Errors.message(e));
      }
    }
  }

  /** What is no upload is an error of the server, as in Go. */
  private static Multipart parts(Exchange x) {
    try {
      return new Multipart(x.body(), x.header("Content-Type"));
    } catch (ApiException e) {
      throw new CallException("error reading request: " + e.getMessage());
    }
  }

  /** Kubo's names of what the cluster's add calls otherwise. */
  private static Query translated(Query query) {
    Map<String, String> parameters = new LinkedHashMap<>(query.parameters());
    if (query.flag("trickle", false)) {
      parameters.put("layout", "trickle");
    }
    if (query.flag("w", false)) {
      parameters.put("wrap-with-directory", "true");
    }
    if (!query.flag("pin", true)) {
      parameters.put("no-pin", "true");
    }
    return new Query(parameters);
  }

  private static void send(OutputStream out, AddEvent event) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Name", event.name());
    event.cid().ifPresent(cid -> json.put("Hash", cid.toString()));
    if (event.bytes() > 0) {
      json.put("Bytes", event.bytes());
    }
    if (event.size() > 0) {
      json.put("Size", String.valueOf(event.size()));
    }
    try {
      out.write((Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the client is gone", e);
    }
  }
}
