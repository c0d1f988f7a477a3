package io.ecluster.ipfs.bitswap;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/** A peer whose messages a test writes, and which notes what it is sent. */
final class RawPeer implements AutoCloseable {
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(5);

  final MemoryHost host;
  private final Map<PeerId, Stream> streams = new HashMap<>();
  private final List<Message> answers = new CopyOnWriteArrayList<>();

  RawPeer(FakeNetwork network, int seed) {
    host = network.host(seed);
    host.handle(MessageWriter.BITSWAP_1_2, this::read);
  }

  private void read(Stream stream) throws IOException {
    Frames frames = new Frames(stream, () -> {});
    for (OptionalInt length = frames.length(); length.isPresent(); length = frames.length()) {
      answers.add(MessageReader.parse(frames.body(length.getAsInt())));
    }
  }

  /** Sends on one stream, so that what is sent to one peer is read in this order. */
  void send(PeerId to, Want... wants) {
    byte[] frame = MessageWriter.frame(Message.wants(List.of(wants)), MessageWriter.BITSWAP_1_2);
    try {
      OutputStream out = streams.computeIfAbsent(to, this::open).output();
      out.write(frame);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream open(PeerId to) {
    try {
      return host.open(to, List.of(MessageWriter.BITSWAP_1_2), OPEN_TIMEOUT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it was told of having and not having, in order. */
  List<Presence> presences() {
    return answers.stream().flatMap(message -> message.presences().stream()).toList();
  }

  /** The blocks it was sent, in order. */
  List<byte[]> blocks() {
    return answers.stream()
        .flatMap(message -> message.blocks().stream())
        .map(Payload::data)
        .toList();
  }

  boolean wasGiven(Cid cid) {
    return blocks().stream().anyMatch(cid.hash()::matches);
  }

  @Override
  public void close() {
    host.close();
  }
}
