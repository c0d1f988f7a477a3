package io.ecluster.interop;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A peer of the Go cluster. */
record GoMember(GoPeerProcess peer, KuboProcess kubo) implements MixedPeer {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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
    return peer.command(words);
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
