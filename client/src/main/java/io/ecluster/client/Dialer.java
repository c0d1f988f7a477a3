package io.ecluster.client;

import java.io.IOException;

/** Connects to one server at one address. */
@FunctionalInterface
public interface Dialer {
  /**
   * @param deadline guards what is opened, from before it may block
   */
  Connection dial(Deadline deadline) throws IOException;
}
