package io.ecluster.core.cluster;

import io.ecluster.core.cluster.Fanout.Answer;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.core.state.PinState;
import io.ecluster.core.tracker.Identity;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What all peers say of pins, put together.
 *
 * <p>Of one CID only its holders are asked; that others are remote is known without asking. A
 * holder that does not answer is shown with its error. Of all CIDs every member is asked, and one
 * whose stream broke is shown as failed with every CID that others told of.
 */
final class Statuses {
  /** Go's: how long one peer may take for one CID. */
  static final Duration ONE_TIMEOUT = Duration.ofSeconds(15);

  /** Between one reply and the next; Go waits for ever for a peer that is stuck. */
  static final Duration ALL_TIMEOUT = Duration.ofMinutes(5);

  private final Members members;
  private final Fanout fanout;
  private final PinState state;
  private final StatelessTracker tracker;
  private final PeerDirectory directory;
  private final Supplier<Identity> self;
  private final InstantSource clock;

  Statuses(PeerParts parts, Members members, Fanout fanout) {
    this.members = members;
    this.fanout = fanout;
    this.state = parts.consensus().state();
    this.tracker = parts.tracker();
    this.directory = parts.directory();
    this.self = parts.self();
    this.clock = parts.clock();
  }

  GlobalPinInfo localStatus(Cid cid) {
    return alone(tracker.status(cid));
  }

  GlobalPinInfo localRecover(Cid cid) {
    return alone(tracker.recover(cid));
  }

  void localStatusAll(int filter, Consumer<GlobalPinInfo> each) {
    tracker.statusAll(filter, info -> each.accept(alone(info)));
  }

  void localRecoverAll(Consumer<GlobalPinInfo> each) {
    tracker.recoverAll(info -> each.accept(alone(info)));
  }

  private static GlobalPinInfo alone(PinInfo info) {
    return global(info, Map.of(info.peer(), info));
  }

  private static GlobalPinInfo global(PinInfo info, Map<PeerId, PinInfo> peers) {
    return new GlobalPinInfo(
        info.cid(),
        info.name(),
        info.allocations(),
        info.origins(),
        info.created(),
        info.metadata(),
        peers);
  }

  GlobalPinInfo status(Cid cid) {
    return ofOne(cid, RpcMethods.TRACKER_STATUS);
  }

  GlobalPinInfo recover(Cid cid) {
    return ofOne(cid, RpcMethods.TRACKER_RECOVER);
  }

  private GlobalPinInfo ofOne(Cid cid, RpcMethod<Cid, PinInfo> method) {
    return state.get(cid).map(pin -> ofPin(pin, method)).orElseGet(() -> nowhere(cid));
  }

  private GlobalPinInfo nowhere(Cid cid) {
    Pin none = Pin.of(cid, PinOptions.NONE).withTimestamp(clock.instant());
    Map<PeerId, PinInfo> infos = new HashMap<>();
    members.all().forEach(peer -> infos.put(peer, said(none, peer, TrackerStatus.UNPINNED, "")));
    return of(none, infos);
  }

  private GlobalPinInfo ofPin(Pin pin, RpcMethod<Cid, PinInfo> method) {
    List<PeerId> all = members.all();
    List<PeerId> asked = pin.options().everywhere() ? all : pin.allocations();
    Map<PeerId, PinInfo> infos = new HashMap<>();
    all.stream()
        .filter(peer -> !asked.contains(peer))
        .forEach(peer -> infos.put(peer, said(pin, peer, TrackerStatus.REMOTE, "")));
    fanout.call(asked, method, pin.cid(), ONE_TIMEOUT, answer -> enter(pin, answer, infos));
    return of(pin, infos);
  }

  private void enter(Pin pin, Answer<PinInfo> answer, Map<PeerId, PinInfo> infos) {
    switch (answer) {
      case Answer.Reply<PinInfo>(PeerId peer, PinInfo info) -> infos.put(peer, info);
      case Answer.Failure<PinInfo>(PeerId peer, String error) ->
          infos.put(peer, said(pin, peer, TrackerStatus.CLUSTER_ERROR, error));
    }
  }

  private static GlobalPinInfo of(Pin pin, Map<PeerId, PinInfo> infos) {
    return new GlobalPinInfo(
        pin.cid(),
        pin.options().name(),
        pin.allocations(),
        pin.options().origins(),
        pin.timestamp(),
        pin.options().metadata(),
        infos);
  }

  void statusAll(int filter, Consumer<GlobalPinInfo> each) {
    merged(RpcMethods.TRACKER_STATUS_ALL, List.of(filter), each);
  }

  void recoverAll(Consumer<GlobalPinInfo> each) {
    merged(RpcMethods.CLUSTER_RECOVER_ALL_LOCAL, List.<Nothing>of(), each);
  }

  /** Holds the statuses of all peers in memory until the last has ended, as Go does. */
  private <A> void merged(
      RpcMethod<A, PinInfo> method, List<A> arguments, Consumer<GlobalPinInfo> each) {
    Map<Cid, Map<PeerId, PinInfo>> byCid = new LinkedHashMap<>();
    Map<PeerId, String> errors =
        fanout.stream(
            members.all(),
            method,
            arguments,
            ALL_TIMEOUT,
            (peer, info) ->
                byCid.computeIfAbsent(info.cid(), _ -> new HashMap<>()).put(peer, info));
    for (Map<PeerId, PinInfo> infos : byCid.values()) {
      PinInfo sample = infos.values().iterator().next();
      errors.forEach((peer, error) -> infos.putIfAbsent(peer, failed(sample, peer, error)));
      each.accept(global(sample, infos));
    }
  }

  private PinInfo said(Pin pin, PeerId peer, TrackerStatus status, String error) {
    return said(
        pin.cid(),
        pin.options().name(),
        pin.allocations(),
        pin.timestamp(),
        pin.options().metadata(),
        peer,
        status,
        error);
  }

  private PinInfo failed(PinInfo like, PeerId peer, String error) {
    return said(
        like.cid(),
        like.name(),
        like.allocations(),
        like.created(),
        like.metadata(),
        peer,
        TrackerStatus.CLUSTER_ERROR,
        error);
  }

  /** What we say on behalf of a peer that was not asked or did not answer. */
  private PinInfo said(
      Cid cid,
      String name,
      List<PeerId> allocations,
      Optional<Instant> created,
      Map<String, String> metadata,
      PeerId peer,
      TrackerStatus status,
      String error) {
    Identity identity = identity(peer);
    return new PinInfo(
        cid,
        name,
        peer,
        allocations,
        List.of(),
        created,
        metadata,
        identity.peerName(),
        identity.ipfsId(),
        identity.ipfsAddresses(),
        status,
        clock.instant(),
        error,
        0,
        false);
  }

  private Identity identity(PeerId peer) {
    return peer.equals(members.self())
        ? self.get()
        : directory.find(peer).orElseGet(() -> new Identity(peer, "", Optional.empty(), List.of()));
  }
}
