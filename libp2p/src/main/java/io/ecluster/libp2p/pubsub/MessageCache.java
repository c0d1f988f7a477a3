package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The messages of the last heartbeats, newest window first, to be told of and given again. Not
 * thread-safe.
 */
final class MessageCache {
  /** What all messages kept may take; when it is reached the oldest window goes early. */
  static final long MAX_BYTES = 32L << 20;

  /** How often one peer gets the same message for asking. */
  private static final int MAX_GIVEN = 3;

  private static final class Window {
    final Map<ByteString, SignedMessage> messages = new LinkedHashMap<>();
    final Map<ByteString, Map<PeerId, Integer>> given = new HashMap<>();
    long bytes;
  }

  private final int history;
  private final Deque<Window> windows = new ArrayDeque<>();
  private long bytes;

  MessageCache(int history) {
    this.history = history;
    windows.addFirst(new Window());
  }

  void put(SignedMessage message) {
    Window newest = windows.getFirst();
    newest.messages.put(message.id(), message);
    newest.bytes += message.size();
    bytes += message.size();
    while (bytes > MAX_BYTES && windows.size() > 1) {
      dropOldest();
    }
    if (bytes > MAX_BYTES) {
      shift();
      dropOldest();
    }
  }

  /** Begins a new window and forgets the oldest. */
  void shift() {
    windows.addFirst(new Window());
    while (windows.size() > history) {
      dropOldest();
    }
  }

  private void dropOldest() {
    bytes -= windows.removeLast().bytes;
  }

  /** The ids of a topic's messages in the newest {@code count} windows. */
  List<ByteString> ids(String topic, int count) {
    List<ByteString> ids = new ArrayList<>();
    windows.stream()
        .limit(count)
        .forEach(window ->
            window.messages.forEach((id, message) -> {
              if (message.topic().equals(topic)) {
                ids.add(id);
              }
            }));
    return ids;
  }

  /** A message for a peer that asks, unless it is gone or that peer has asked too often. */
  Optional<SignedMessage> give(ByteString id, PeerId peer) {
    for (Window window : windows) {
      SignedMessage message = window.messages.get(id);
      if (message != null) {
        int times =
            window.given.computeIfAbsent(id, _ -> new HashMap<>()).merge(peer, 1, Integer::sum);
        return times > MAX_GIVEN ? Optional.empty() : Optional.of(message);
      }
    }
    return Optional.empty();
  }

  long bytes() {
    return bytes;
  }
}
