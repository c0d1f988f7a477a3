package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.ApiClient;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * A peer of ours.
 *
 * @param below the Kubo that it uses; without, it uses the IPFS node inside it
 */
record OurMember(PeerProcess peer, Optional<KuboProcess> below) implements MixedPeer {
  @Override
  public KuboProcess kubo() {
    return below.orElseThrow(() -> new IllegalStateException(name() + " has no Kubo"));
  }

  @Override
  public String name() {
    return peer.name();
  }

  @Override
  public String id() {
    return calling(peer::id);
  }

  @Override
  public String clusterAddress() {
    return calling(peer::clusterAddress);
  }

  @Override
  public ApiClient api() {
    return peer.api();
  }

  @Override
  public void start(String... options) {
    running(() -> peer.start(options));
    PeerProcesses.await(
        name() + " answers",
        () -> {
          assertThat(peer.alive()).as("%s", log()).isTrue();
          return one("GET", "/id").has("id");
        });
  }

  @Override
  public void stop() {
    running(() -> peer.signal("-TERM"));
    assertThat(calling(peer::exitCode)).as("%s", log()).isZero();
  }

  @Override
  public void pause() {
    running(peer::pause);
  }

  @Override
  public void resume() {
    running(peer::resume);
  }

  @Override
  public String command(String... words) {
    PeerProcess.Ended ended = calling(() -> peer.command(words));
    assertThat(ended.code()).as("%s", ended.text()).isZero();
    return ended.text();
  }

  @Override
  public String log() {
    return calling(peer::log);
  }

  @Override
  public void kill() {
    running(peer::kill);
  }

  @Override
  public boolean alive() {
    return peer.alive();
  }

  @Override
  public long pid() {
    return peer.pid();
  }

  private interface Call<T> {
    T call() throws IOException, InterruptedException;
  }

  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  private static void running(Action action) {
    calling(() -> {
      action.run();
      return true;
    });
  }

  private static <T> T calling(Call<T> call) {
    try {
      return call.call();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
