package io.ecluster.libp2p.pubsub;

import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.function.Consumer;

/** Publish and subscribe by topic among connected peers. */
public interface PubSub extends AutoCloseable {
  /**
   * Joins a topic. A message whose author {@code accept} refuses is neither delivered nor
   * forwarded. {@code handler} gets each other message once, in arrival order, one call at a time
   * for a topic; own messages are not delivered.
   */
  void subscribe(String topic, Validator accept, Consumer<Message> handler);

  /** Signs and sends; returns at once. Lost if nobody is subscribed yet. */
  void publish(String topic, byte[] data);

  /** The peers known to be subscribed to a topic. */
  List<PeerId> subscribers(String topic);

  /**
   * Called with (topic) whenever another peer joins a topic we are subscribed to, so that it can be
   * brought up to date.
   */
  void onPeerJoined(Consumer<String> listener);

  @Override
  void close();

  /** A signed message; its signature has been checked. */
  record Message(PeerId from, String topic, byte[] data) {}

  /** Decides by author and content whether a message is taken. */
  @FunctionalInterface
  interface Validator {
    boolean accepts(Message message);
  }
}
