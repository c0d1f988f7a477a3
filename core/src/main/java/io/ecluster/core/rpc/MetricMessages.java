package io.ecluster.core.rpc;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.MetricFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Metrics in msgpack, as Go peers publish them. */
public final class MetricMessages implements MetricFormat {
  /** What very old peers put before it. */
  private static final byte[] OLD_PREFIX = "\t/msgpack\n".getBytes(StandardCharsets.US_ASCII);

  @Override
  public byte[] encode(Metric metric) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PeerCodecs.METRIC.write(new MsgWriter(out), unstamped(metric));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** When it was received is for each receiver to say. */
  private static Metric unstamped(Metric metric) {
    return new Metric(
        metric.name(),
        metric.peer(),
        metric.value(),
        metric.expire(),
        metric.valid(),
        metric.weight(),
        metric.partitionable(),
        Instant.EPOCH);
  }

  @Override
  public Metric decode(byte[] message) throws IOException {
    int start = startsOld(message) ? OLD_PREFIX.length : 0;
    ByteArrayInputStream in = new ByteArrayInputStream(message, start, message.length - start);
    return PeerCodecs.METRIC.read(new MsgReader(in, message.length));
  }

  private static boolean startsOld(byte[] message) {
    return message.length >= OLD_PREFIX.length
        && Arrays.equals(message, 0, OLD_PREFIX.length, OLD_PREFIX, 0, OLD_PREFIX.length);
  }
}
