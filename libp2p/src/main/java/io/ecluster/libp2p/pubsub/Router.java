package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Who gets which message: the decisions of gossipsub 1.1, without threads or streams. What it wants
 * sent goes to the {@link Outbox}. Not thread-safe: {@link Gossipsub} calls it under its lock.
 *
 * <p>Three things are stricter than Go, and all make messages arrive sooner. A peer that announces
 * one of our topics is grafted at once, not at the next heartbeat. It is also told at once, by
 * IHAVE, of the messages of the last heartbeats, so that what was published while it connected, or
 * while the network was cut, reaches it. And a message of our own goes to subscribers outside a
 * mesh that is not yet full.
 *
 * <p>There is no peer scoring (IPFS Cluster uses none) and the kind of the connection, dialled or
 * accepted, is not regarded when a mesh is cut back.
 */
final class Router {
  /** Where frames for peers go. */
  @FunctionalInterface
  interface Outbox {
    void send(PeerId to, Rpc rpc);
  }

  /** What a hostile PRUNE may ask for at most. */
  private static final Duration MAX_BACKOFF = Duration.ofHours(1);

  /** Messages given together, so that many small ones do not fill a peer's queue. */
  private static final int REPLY_FRAME_BYTES = 256 * 1024;

  private final GossipsubSettings settings;
  private final InstantSource clock;
  private final Random random;
  private final Outbox outbox;
  private final Map<String, Set<PeerId>> meshes = new LinkedHashMap<>();
  private final Map<PeerId, RouterPeer> peers = new HashMap<>();
  private final SeenCache seen;
  private final MessageCache cache;

  Router(GossipsubSettings settings, InstantSource clock, Random random, Outbox outbox) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.outbox = outbox;
    this.seen = new SeenCache(settings.seenTtl());
    this.cache = new MessageCache(settings.history());
  }

  // Our topics and messages.

  boolean subscribed(String topic) {
    return meshes.containsKey(topic);
  }

  void subscribe(String topic) {
    if (meshes.putIfAbsent(topic, new LinkedHashSet<>()) == null) {
      peers.keySet().forEach(peer -> outbox.send(peer, Rpc.subscriptions(List.of(topic))));
      fillMesh(topic);
    }
  }

  /** Sends a message of our own. */
  void publish(SignedMessage message) {
    seen.add(message.id(), clock.instant());
    cache.put(message);
    Rpc rpc = Rpc.messages(List.of(message));
    publishTargets(message.topic()).forEach(peer -> outbox.send(peer, rpc));
  }

  private Set<PeerId> publishTargets(String topic) {
    Set<PeerId> targets = forwardTargets(topic);
    List<PeerId> others = shuffled(subscribers(topic));
    others.removeAll(targets);
    int room = Math.max(0, settings.degree() - targets.size());
    targets.addAll(others.subList(0, Math.min(room, others.size())));
    return targets;
  }

  private Set<PeerId> forwardTargets(String topic) {
    Set<PeerId> targets = new LinkedHashSet<>(meshes.getOrDefault(topic, Set.of()));
    for (PeerId peer : subscribers(topic)) {
      if (known(peer).floods) {
        targets.add(peer);
      }
    }
    return targets;
  }

  // Messages of others.

  /** Whether a message is worth checking. */
  boolean isNews(SignedMessage message) {
    return subscribed(message.topic()) && !seen.has(message.id());
  }

  /** Notes a message that was refused, so that it is not checked again. */
  void refuse(SignedMessage message) {
    seen.add(message.id(), clock.instant());
  }

  /** Forwards a checked message; false if another copy was faster. */
  boolean accept(SignedMessage message, PeerId via) {
    if (!seen.add(message.id(), clock.instant())) {
      return false;
    }
    cache.put(message);
    Rpc rpc = Rpc.messages(List.of(message));
    ByteString author = message.from();
    for (PeerId peer : forwardTargets(message.topic())) {
      if (!peer.equals(via) && !author.equals(ByteString.copyFrom(peer.toBytes()))) {
        outbox.send(peer, rpc);
      }
    }
    return true;
  }

  // Peers.

  /** Begins to know a peer, if it is new. */
  RouterPeer known(PeerId peer) {
    return peers.computeIfAbsent(peer, _ -> new RouterPeer());
  }

  void gone(PeerId peer) {
    peers.remove(peer);
    meshes.values().forEach(mesh -> mesh.remove(peer));
  }

  Set<PeerId> peers() {
    return Set.copyOf(peers.keySet());
  }

  List<PeerId> subscribers(String topic) {
    return peers.entrySet().stream()
        .filter(e -> e.getValue().topics.contains(topic))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The first frames on a new stream to a peer: topics, meshes, and messages it may have missed.
   */
  List<Rpc> greeting(PeerId peer) {
    List<Rpc> frames = new ArrayList<>();
    frames.add(Rpc.subscriptions(meshes.keySet()));
    List<String> meshed = meshes.keySet().stream().filter(t -> mesh(t).contains(peer)).toList();
    if (!meshed.isEmpty()) {
      frames.add(Rpc.graft(meshed));
      meshed.forEach(topic -> addRecent(frames, topic));
    }
    return frames;
  }

  private void addRecent(List<Rpc> frames, String topic) {
    List<ByteString> recent = cache.ids(topic, settings.history());
    if (!recent.isEmpty()) {
      frames.add(Rpc.have(topic, atMost(RpcReader.MAX_IDS, recent)));
    }
  }

  /**
   * Takes in a peer's topics.
   *
   * @param hello the first frame of a stream lists all topics, so others are forgotten
   * @return topics of ours that it has newly joined
   */
  Set<String> topics(PeerId peer, List<Rpc.Subscription> changes, boolean hello) {
    RouterPeer known = known(peer);
    if (hello) {
      known.topics.clear();
    }
    Set<String> joined = new LinkedHashSet<>();
    for (Rpc.Subscription change : changes) {
      boolean had = known.topics.contains(change.topic());
      if (!change.join()) {
        known.topics.remove(change.topic());
        joined.remove(change.topic());
      } else if (known.join(change.topic()) && !had && subscribed(change.topic())) {
        joined.add(change.topic());
      }
    }
    meshes.forEach((topic, mesh) -> {
      if (!known.topics.contains(topic)) {
        mesh.remove(peer);
      }
    });
    joined.forEach(topic -> welcome(peer, known, topic));
    return joined;
  }

  private void welcome(PeerId peer, RouterPeer known, String topic) {
    Set<PeerId> mesh = mesh(topic);
    boolean wanted = mesh.contains(peer) || mesh.size() < settings.degree();
    if (wanted && !known.backsOff(topic, clock.instant())) {
      mesh.add(peer);
      outbox.send(peer, Rpc.graft(List.of(topic)));
    }
    List<Rpc> recent = new ArrayList<>();
    addRecent(recent, topic);
    recent.forEach(rpc -> outbox.send(peer, rpc));
  }

  // Control messages.

  void control(PeerId peer, Rpc rpc) {
    rpc.graft().forEach(topic -> grafted(peer, topic));
    rpc.prune().forEach(prune -> pruned(peer, prune));
    if (!rpc.have().isEmpty()) {
      ask(peer, rpc.have());
    }
    if (!rpc.want().isEmpty()) {
      give(peer, rpc.want());
    }
  }

  private void grafted(PeerId peer, String topic) {
    RouterPeer known = known(peer);
    if (!subscribed(topic) || !known.topics.contains(topic) || mesh(topic).contains(peer)) {
      return;
    }
    boolean early = known.backsOff(topic, clock.instant());
    if (early || mesh(topic).size() >= settings.degreeHigh()) {
      prune(peer, topic);
    } else {
      mesh(topic).add(peer);
    }
  }

  private void pruned(PeerId peer, Rpc.Prune prune) {
    if (!subscribed(prune.topic())) {
      return;
    }
    mesh(prune.topic()).remove(peer);
    long asked = prune.backoffSeconds();
    boolean usable = asked > 0 && asked <= MAX_BACKOFF.toSeconds();
    Duration backoff =
        usable ? Duration.ofSeconds(asked) : asked == 0 ? settings.pruneBackoff() : MAX_BACKOFF;
    known(peer).backOff(prune.topic(), clock.instant().plus(backoff));
  }

  private void prune(PeerId peer, String topic) {
    mesh(topic).remove(peer);
    known(peer).backOff(topic, clock.instant().plus(settings.pruneBackoff()));
    outbox.send(peer, Rpc.prune(topic, Math.max(1, settings.pruneBackoff().toSeconds())));
  }

  private void ask(PeerId peer, List<Rpc.Have> offers) {
    int most = known(peer).mayAsk();
    List<ByteString> wanted =
        offers.stream()
            .filter(offer -> subscribed(offer.topic()))
            .flatMap(offer -> offer.ids().stream())
            .filter(id -> !seen.has(id))
            .distinct()
            .limit(Math.max(0, most))
            .toList();
    if (!wanted.isEmpty()) {
      known(peer).hasAsked(wanted.size());
      outbox.send(peer, Rpc.want(wanted));
    }
  }

  private void give(PeerId peer, List<ByteString> ids) {
    List<SignedMessage> frame = new ArrayList<>();
    int bytes = 0;
    for (ByteString id : new LinkedHashSet<>(ids)) {
      SignedMessage message = cache.give(id, peer).orElse(null);
      if (message == null) {
        continue;
      }
      if (bytes + message.size() > REPLY_FRAME_BYTES && !frame.isEmpty()) {
        outbox.send(peer, Rpc.messages(frame));
        frame.clear();
        bytes = 0;
      }
      frame.add(message);
      bytes += message.size();
    }
    if (!frame.isEmpty()) {
      outbox.send(peer, Rpc.messages(frame));
    }
  }

  // Heartbeat.

  void heartbeat() {
    Instant now = clock.instant();
    peers.values().forEach(peer -> peer.heartbeat(now));
    for (String topic : meshes.keySet()) {
      if (mesh(topic).size() < settings.degreeLow()) {
        fillMesh(topic);
      } else if (mesh(topic).size() > settings.degreeHigh()) {
        cutMesh(topic);
      }
      gossip(topic);
    }
    cache.shift();
    seen.expire(now);
  }

  private void fillMesh(String topic) {
    for (PeerId peer : shuffled(subscribers(topic))) {
      if (mesh(topic).size() >= settings.degree()) {
        return;
      }
      if (!known(peer).backsOff(topic, clock.instant()) && mesh(topic).add(peer)) {
        outbox.send(peer, Rpc.graft(List.of(topic)));
      }
    }
  }

  private void cutMesh(String topic) {
    List<PeerId> members = shuffled(mesh(topic));
    members.subList(settings.degree(), members.size()).forEach(peer -> prune(peer, topic));
  }

  private void gossip(String topic) {
    List<ByteString> ids = cache.ids(topic, settings.gossipHistory());
    if (ids.isEmpty()) {
      return;
    }
    List<PeerId> outside = shuffled(subscribers(topic));
    outside.removeAll(mesh(topic));
    outside.removeIf(peer -> known(peer).floods);
    for (PeerId peer : atMost(Math.max(settings.degreeLazy(), outside.size() / 4), outside)) {
      outbox.send(peer, Rpc.have(topic, atMost(RpcReader.MAX_IDS, shuffled(ids))));
    }
  }

  Set<PeerId> mesh(String topic) {
    Set<PeerId> mesh = meshes.get(topic);
    if (mesh == null) {
      throw new IllegalStateException("not subscribed to " + topic);
    }
    return mesh;
  }

  private <T> List<T> shuffled(Collection<T> items) {
    List<T> list = new ArrayList<>(items);
    Collections.shuffle(list, random);
    return list;
  }

  private static <T> List<T> atMost(int count, List<T> items) {
    return items.subList(0, Math.min(count, items.size()));
  }
}
