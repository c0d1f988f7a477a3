package io.ecluster.interop;

import io.ecluster.adder.AddEntry;
import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Adds to a Kubo daemon by its RPC, as its own command line does, but without files on a disk. */
final class KuboUpload {
  private static final String BOUNDARY = "a-boundary-that-no-content-has";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ApiClient api;

  KuboUpload(KuboProcess kubo) {
    this.api =
        new ApiClient(List.of(Endpoint.parse(kubo.api().toString())), Optional.empty(), PATIENCE);
  }

  /** Adds; each event is an object of Name, Hash and Size. */
  void add(String query, List<AddEntry> entries, Consumer<JsonObject> events) {
    api.upload(
        "/api/v0/add?stream-channels=true&" + query,
        "multipart/form-data; boundary=" + BOUNDARY,
        out -> write(entries, out),
        events);
  }

  private static void write(List<AddEntry> entries, OutputStream out) throws IOException {
    for (AddEntry entry : entries) {
      switch (entry) {
        case AddEntry.Directory(String path) -> part(out, path, "application/x-directory");
        case AddEntry.Symlink(String path, String target) -> {
          part(out, path, "application/symlink");
          out.write(target.getBytes(StandardCharsets.UTF_8));
        }
        case AddEntry.File file -> {
          part(out, file.path(), "application/octet-stream");
          file.content().transferTo(out);
        }
      }
      write(out, "\r\n");
    }
    write(out, "--" + BOUNDARY + "--\r\n");
  }

  private static void part(OutputStream out, String path, String type) throws IOException {
    write(out, "--" + BOUNDARY + "\r\n");
    String name = URLEncoder.encode(path, StandardCharsets.UTF_8);
    write(out, "Content-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n");
    write(out, "Content-Type: " + type + "\r\n\r\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
