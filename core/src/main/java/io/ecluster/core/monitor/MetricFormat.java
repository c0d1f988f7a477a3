package io.ecluster.core.monitor;

import java.io.IOException;

/** How a metric travels. */
public interface MetricFormat {
  byte[] encode(Metric metric);

  /**
   * The metric in a message.
   *
   * @throws IOException if it holds none
   */
  Metric decode(byte[] message) throws IOException;
}
