package io.ecluster.service.api;

import io.ecluster.core.cluster.Cluster;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.ConnectGraph;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cluster of two peers that remembers what it was asked and keeps its pins in a map. */
public final class FakeCluster implements Cluster {
  public static final PeerId ONE =
      PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");
  public static final PeerId TWO =
      PeerId.parse("12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq");
  public static final Cid CID = Cid.parse("QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ");
  public static final Cid OTHER =
      Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
  public static final Instant WHEN = Instant.parse("2026-02-03T04:05:06.5Z");

  public final List<String> calls = new CopyOnWriteArrayList<>();
  public final Map<Cid, Pin> pins = new LinkedHashMap<>();

  /** What is said of these pins, in place of a made-up status. */
  public final Map<Cid, GlobalPinInfo> infos = new LinkedHashMap<>();

  private volatile CountDownLatch held = new CountDownLatch(0);

  /** Thrown by streams after their first item. */
  private @Nullable RuntimeException midStream;

  /** Thrown by everything at once. */
  private @Nullable RuntimeException failure;

  /** The pin of {@link #CID}, which must be there. */
  public Pin pinned() {
    return Optional.ofNullable(pins.get(CID)).orElseThrow();
  }

  public void failWith(RuntimeException error) {
    failure = error;
  }

  public void failAfterFirstWith(RuntimeException error) {
    midStream = error;
  }

  private void called(String call) {
    calls.add(call);
    if (failure != null) {
      throw failure;
    }
  }

  /** From now on streams stop after their first item. */
  public void holdStreams() {
    held = new CountDownLatch(1);
  }

  public void releaseStreams() {
    held.countDown();
  }

  private void between() {
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (midStream != null) {
      throw midStream;
    }
  }

  static PeerInfo info(PeerId id, String name, String error) {
    return new PeerInfo(
        id,
        List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/9096")),
        List.of(ONE, TWO),
        List.of(),
        "1.1.6",
        "",
        "/ipfscluster/1.0/rpc",
        error,
        new PeerInfo.IpfsInfo(Optional.of(TWO), List.of(), ""),
        name);
  }

  private static GlobalPinInfo status(Cid cid, TrackerStatus status) {
    PinInfo one =
        new PinInfo(
            cid,
            "name",
            ONE,
            List.of(ONE),
            List.of(),
            Optional.of(WHEN),
            Map.of("k", "v"),
            "peer one",
            Optional.of(TWO),
            List.of(),
            status,
            WHEN,
            "",
            3,
            true);
    return new GlobalPinInfo(
        cid,
        "name",
        List.of(ONE),
        List.of(),
        Optional.of(WHEN),
        Map.of("k", "v"),
        Map.of(ONE, one));
  }

  @Override
  public PeerInfo id() {
    called("id");
    return info(ONE, "peer one", "");
  }

  @Override
  public void peers(Consumer<PeerInfo> each) {
    called("peers");
    each.accept(info(ONE, "peer one", ""));
    between();
    each.accept(info(TWO, "", "cannot be reached"));
  }

  @Override
  public PeerInfo addPeer(PeerId peer) {
    called("addPeer " + peer);
    return info(peer, "new", "");
  }

  @Override
  public void removePeer(PeerId peer) {
    called("removePeer " + peer);
    throw new UnsupportedOperationException("crdt consensus component cannot remove peers");
  }

  @Override
  public Pin pin(Pin pin) {
    called("pin " + pin.cid());
    pins.put(pin.cid(), pin);
    return pin.withTimestamp(WHEN);
  }

  @Override
  public Pin pinPath(String path, PinOptions options) {
    called("pinPath " + path);
    return Pin.of(CID, options);
  }

  @Override
  public Pin unpin(Cid cid) {
    called("unpin " + cid);
    return Optional.ofNullable(pins.remove(cid)).orElseThrow(PinNotFoundException::new);
  }

  @Override
  public Pin unpinPath(String path) {
    called("unpinPath " + path);
    return Pin.of(CID, PinOptions.NONE);
  }

  @Override
  public Optional<Pin> allocation(Cid cid) {
    called("allocation " + cid);
    return Optional.ofNullable(pins.get(cid));
  }

  @Override
  public Stream<Pin> allocations() {
    called("allocations");
    return pins.values().stream();
  }

  @Override
  public GlobalPinInfo status(Cid cid, boolean local) {
    called("status " + cid + " " + local);
    GlobalPinInfo known = infos.get(cid);
    return known == null
        ? status(cid, pins.containsKey(cid) ? TrackerStatus.PINNED : TrackerStatus.UNPINNED)
        : known;
  }

  @Override
  public void statusAll(int filter, boolean local, Consumer<GlobalPinInfo> each) {
    called("statusAll " + filter + " " + local);
    for (Cid cid : pins.keySet()) {
      GlobalPinInfo known = infos.get(cid);
      each.accept(known == null ? status(cid, TrackerStatus.PINNED) : known);
      between();
    }
  }

  @Override
  public GlobalPinInfo recover(Cid cid, boolean local) {
    called("recover " + cid + " " + local);
    return status(cid, TrackerStatus.PINNING);
  }

  @Override
  public void recoverAll(boolean local, Consumer<GlobalPinInfo> each) {
    called("recoverAll " + local);
    pins.keySet().forEach(cid -> each.accept(status(cid, TrackerStatus.PINNING)));
  }

  @Override
  public Map<PeerId, RepoGc> repoGc(boolean local) {
    called("repoGc " + local);
    RepoGc.Key gone = new RepoGc.Key(Optional.of(CID), "");
    RepoGc.Key failed = new RepoGc.Key(Optional.empty(), "disk");
    return Map.of(
        ONE, new RepoGc(ONE, "peer one", List.of(gone, failed), ""),
        TWO, new RepoGc(TWO, "", List.of(), "unreachable"));
  }

  @Override
  public List<Metric> metrics(String name) {
    called("metrics " + name);
    return name.equals("ping") ? List.of(metric()) : List.of();
  }

  private static Metric metric() {
    return new Metric("ping", ONE, "{\"a\":\"<b>\"}", WHEN, true, 7, false, WHEN);
  }

  @Override
  public List<String> metricNames() {
    called("metricNames");
    return List.of("ping", "freespace");
  }

  @Override
  public List<Monitor.Alert> alerts() {
    called("alerts");
    return List.of(new Monitor.Alert(metric(), WHEN));
  }

  @Override
  public ConnectGraph graph() {
    called("graph");
    return new ConnectGraph(
        ONE,
        Map.of(ONE, "peer one"),
        Map.of(TWO, List.of()),
        Map.of(ONE, List.of(TWO)),
        Map.of(TWO, true),
        Map.of(ONE, TWO));
  }
}
