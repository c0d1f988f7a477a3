package io.ecluster.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A two-way stream of bytes to a server. Closing it, by any thread, ends what waits on it. */
public interface Connection extends Closeable {
  InputStream input() throws IOException;

  OutputStream output() throws IOException;
}
