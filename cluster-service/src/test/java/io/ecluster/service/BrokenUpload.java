package io.ecluster.service;

import io.ecluster.client.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** An upload over a socket of its own, which is closed before all was sent: the client has died. */
final class BrokenUpload implements AutoCloseable {
  private final SocketChannel socket;

  private BrokenUpload(SocketChannel socket) {
    this.socket = socket;
  }

  /** Promises a whole file and sends the first {@code sent} bytes of it. */
  static BrokenUpload start(PeerProcess peer, String query, byte[] content, int sent)
      throws IOException {
    Endpoint endpoint = Endpoint.parse(peer.apiAddress());
    SocketChannel socket = SocketChannel.open(endpoint.addresses().getFirst());
    byte[] head = PeerProcesses.uploadHead();
    int length = head.length + content.length + PeerProcesses.uploadTail().length;
    OutputStream out = Channels.newOutputStream(socket);
    out.write(
        ("POST /add?%s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(query, endpoint.hostHeader(), PeerProcesses.UPLOAD_TYPE, length))
            .getBytes(StandardCharsets.US_ASCII));
    out.write(head);
    out.write(content, 0, sent);
    out.flush();
    return new BrokenUpload(socket);
  }

  /** Whether the whole answer has come: then nothing is in the middle any more. */
  boolean answered() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    socket.configureBlocking(false);
    int count = socket.read(buffer);
    while (count > 0) {
      buffer.clear();
      count = socket.read(buffer);
    }
    return count < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
