package io.ecluster.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.multiformats.PeerId;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/**
 * Sends changed frames to a protocol of a host in a {@link FakeNetwork}, on a stream each, which
 * the host must end in time. Neither thread nor handler of it may end with an exception.
 */
public final class StreamFuzz {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FakeNetwork network;
  private final MemoryHost attacker;
  private final PeerId target;

  public StreamFuzz(FakeNetwork network, MemoryHost attacker, PeerId target) {
    this.network = network;
    this.attacker = attacker;
    this.target = target;
  }

  public void run(String protocol, FrameMutator frames, int count) {
    try (ThreadDeaths deaths = new ThreadDeaths()) {
      frames.run(count, frame -> isCut(protocol, frame));
      assertThat(network.failures()).as(frames::describe).isEmpty();
      deaths.assertNone();
    }
  }

  /** Whether the stream is reset, rather than answered and closed. */
  private boolean isCut(String protocol, byte[] frame) {
    int failed = network.failures().size();
    boolean cut = false;
    try (Stream stream = attacker.open(target, List.of(protocol), PATIENCE)) {
      stream.setReadTimeout(PATIENCE);
      stream.output().write(frame);
      stream.output().flush();
      stream.closeWrite();
      stream.input().readAllBytes();
    } catch (IOException e) {
      assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
      cut = true;
    }
    assertThat(network.failures()).hasSize(failed);
    return cut;
  }

  /** Messages with their lengths in front, as most protocols send them. */
  public static List<byte[]> delimited(List<byte[]> messages) {
    return messages.stream().map(StreamFuzz::delimited).toList();
  }

  private static byte[] delimited(byte[] message) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    Varint.write(frame, message.length);
    frame.writeBytes(message);
    return frame.toByteArray();
  }
}
