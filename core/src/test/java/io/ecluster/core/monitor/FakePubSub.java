package io.ecluster.core.monitor;

import io.ecluster.libp2p.pubsub.PubSub;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps what is published and delivers what a test wants, on the calling thread. */
public final class FakePubSub implements PubSub {
  private record Subscription(Validator accept, Consumer<Message> handler) {}

  private final Map<String, Subscription> subscriptions = new HashMap<>();
  private final List<byte[]> published = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> joinListeners = new ArrayList<>();

  @Override
  public void subscribe(String topic, Validator accept, Consumer<Message> handler) {
    subscriptions.put(topic, new Subscription(accept, handler));
  }

  @Override
  public void publish(String topic, byte[] data) {
    published.add(data);
  }

  @Override
  public List<PeerId> subscribers(String topic) {
    return List.of();
  }

  @Override
  public void onPeerJoined(Consumer<String> listener) {
    joinListeners.add(listener);
  }

  @Override
  public void close() {}

  public List<byte[]> published() {
    return published;
  }

  /** Delivers a message as if {@code from} had signed it; false if it is refused. */
  public boolean deliver(PeerId from, String topic, byte[] data) {
    Message message = new Message(from, topic, data);
    Subscription subscription = subscriptions.get(topic);
    if (subscription == null || !subscription.accept().accepts(message)) {
      return false;
    }
    subscription.handler().accept(message);
    return true;
  }

  public void peerJoins(String topic) {
    joinListeners.forEach(listener -> listener.accept(topic));
  }
}
