package io.ecluster.libp2p;

import java.io.IOException;

/**
 * Serves one inbound stream on its own virtual thread; the stream is reset if this throws, closed
 * when it returns.
 */
@FunctionalInterface
public interface StreamHandler {
  void serve(Stream stream) throws IOException;
}
