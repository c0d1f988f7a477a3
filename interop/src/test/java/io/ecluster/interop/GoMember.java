package io.ecluster.interop;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A peer of the Go cluster. */
record GoMember(GoPeerProcess peer, KuboProcess kubo) implements MixedPeer {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ATTEMPTS = 20;

  @Override
  public String name() {
    return peer.folder().getFileName().toString();
  }

  @Override
  public String id() {
    return peer.read("identity.json").text("id");
  }

  @Override
  public String clusterAddress() {
    return peer.clusterAddress().toString();
  }

  @Override
  public ApiClient api() {
    return new ApiClient(List.of(Endpoint.parse(peer.apiAddress())), Optional.empty(), PATIENCE);
  }

  @Override
  public void start(String... options) {
    peer.start(options);
  }

  @Override
  public void stop() {
    peer.stop();
  }

  @Override
  public void pause() {
    peer.signal("STOP");
  }

  @Override
  public void resume() {
    peer.signal("CONT");
  }

  @Override
  public String command(String... words) {
    return insisting(() -> peer.command(words));
  }

  @Override
  public void export(Path file) {
    insisting(() -> {
      deleteIfExists(file); // it is not replaced
      return peer.command("state", "export", "-f", file.toString());
    });
  }

  /**
   * A peer that was stopped while it fetched updates is marked dirty. Commands then begin a repair,
   * and end with a panic if they are done before it is.
   */
  private static String insisting(Supplier<String> command) {
    for (int attempt = 1; ; attempt++) {
      try {
        return command.get();
      } catch (IllegalStateException e) {
        if (attempt == ATTEMPTS || !String.valueOf(e.getMessage()).contains("pebble: closed")) {
          throw e;
        }
      }
    }
  }

  private static void deleteIfExists(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String log() {
    return peer.wholeLog();
  }

  @Override
  public void kill() {
    peer.close();
  }

  @Override
  public boolean alive() {
    return peer.alive();
  }

  @Override
  public long pid() {
    return peer.pid();
  }
}
