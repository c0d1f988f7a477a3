package io.ecluster.interop;

import io.ecluster.client.ApiClient;
import io.ecluster.client.JsonObject;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A peer of which there is only a pinset. */
final class FakePeer implements MixedPeer {
  private final boolean ours;
  private final NavigableMap<String, JsonObject> pins = new TreeMap<>();

  FakePeer(boolean ours) {
    this.ours = ours;
  }

  void has(String cid, String name) {
    pins.put(cid, new JsonObject(Map.of("cid", cid, "name", name)));
  }

  @Override
  public boolean isOurs() {
    return ours;
  }

  @Override
  public NavigableMap<String, JsonObject> pins() {
    return new TreeMap<>(pins);
  }

  @Override
  public String name() {
    return ours ? "ours" : "go";
  }

  @Override
  public String id() {
    return name();
  }

  @Override
  public String clusterAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ApiClient api() {
    throw new UnsupportedOperationException();
  }

  @Override
  public KuboProcess kubo() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void start(String... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void stop() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void pause() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void resume() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String command(String... words) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String log() {
    return "";
  }

  @Override
  public void kill() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean alive() {
    return true;
  }

  @Override
  public long pid() {
    throw new UnsupportedOperationException();
  }
}
