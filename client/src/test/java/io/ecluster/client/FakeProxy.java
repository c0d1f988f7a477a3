package io.ecluster.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that leads everything to one port, wherever it is asked to connect to. */
public final class FakeProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  private FakeProxy(ServerSocket server, int target) {
    this.server = server;
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  /**
   * @param address of a server on this machine
   */
  public static FakeProxy before(String address) {
    try {
      int port = Integer.parseInt(address.replaceAll(".*/", ""));
      return new FakeProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As the environment names it. */
  public String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** What it was asked, headers and all. */
  public List<String> heads() {
    return heads;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket inner = new Socket(InetAddress.getLoopbackAddress(), target)) {
      String head = head(client.getInputStream());
      heads.add(head);
      if (head.startsWith("CONNECT ")) {
        client
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } else {
        inner.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      }
      Thread.ofVirtual().start(() -> pass(client, inner));
      inner.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // one side has ended
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // one side has ended
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
