package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.List;

/** One frame of a pubsub stream. */
record Rpc(
    List<Subscription> subscriptions,
    List<SignedMessage> messages,
    List<Have> have,
    List<ByteString> want,
    List<String> graft,
    List<Prune> prune) {

  Rpc {
    subscriptions = List.copyOf(subscriptions);
    messages = List.copyOf(messages);
    have = List.copyOf(have);
    want = List.copyOf(want);
    graft = List.copyOf(graft);
    prune = List.copyOf(prune);
  }

  /** A topic joined or left. */
  record Subscription(boolean join, String topic) {}

  /** Messages of a topic that the sender could give. */
  record Have(String topic, List<ByteString> ids) {
    Have {
      ids = List.copyOf(ids);
    }
  }

  /** The receiver is no longer in the sender's mesh and is not to come back at once. */
  record Prune(String topic, long backoffSeconds) {}

  /** What may be dropped first when a peer is slow, and what last. */
  enum Weight {
    GOSSIP,
    MESSAGE,
    CONTROL
  }

  static Rpc subscriptions(Collection<String> topics) {
    List<Subscription> joins = topics.stream().map(t -> new Subscription(true, t)).toList();
    return new Rpc(joins, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  static Rpc messages(List<SignedMessage> messages) {
    return new Rpc(List.of(), messages, List.of(), List.of(), List.of(), List.of());
  }

  static Rpc have(String topic, List<ByteString> ids) {
    List<Have> have = List.of(new Have(topic, ids));
    return new Rpc(List.of(), List.of(), have, List.of(), List.of(), List.of());
  }

  static Rpc want(List<ByteString> ids) {
    return new Rpc(List.of(), List.of(), List.of(), ids, List.of(), List.of());
  }

  static Rpc graft(List<String> topics) {
    return new Rpc(List.of(), List.of(), List.of(), List.of(), topics, List.of());
  }

  static Rpc prune(String topic, long backoffSeconds) {
    List<Prune> prune = List.of(new Prune(topic, backoffSeconds));
    return new Rpc(List.of(), List.of(), List.of(), List.of(), List.of(), prune);
  }

  boolean hasControl() {
    return !(have.isEmpty() && want.isEmpty() && graft.isEmpty() && prune.isEmpty());
  }

  Weight weight() {
    if (!subscriptions.isEmpty() || !graft.isEmpty() || !prune.isEmpty()) {
      return Weight.CONTROL;
    }
    return messages.isEmpty() ? Weight.GOSSIP : Weight.MESSAGE;
  }

  /** Rough bytes, for bounding what waits. */
  int size() {
    int messageBytes = messages.stream().mapToInt(SignedMessage::size).sum();
    int haveBytes = have.stream().mapToInt(h -> h.ids().size()).sum() * RpcReader.ID_BYTES;
    return messageBytes + haveBytes + want.size() * RpcReader.ID_BYTES;
  }
}
