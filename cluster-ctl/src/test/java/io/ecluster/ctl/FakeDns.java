package io.ecluster.ctl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A DNS server that knows some TXT records, and that no other names exist. */
final class FakeDns implements AutoCloseable {
  private static final int HEADER_BYTES = 12;
  private static final int MAX_PACKET_BYTES = 4096;
  private static final int ANSWER = 0x8180;
  private static final int NO_SUCH_NAME = 0x8183;
  private static final int TXT = 16;
  private static final int INTERNET = 1;

  /** The name in an answer is that of the question, which stands behind the header. */
  private static final int SAME_NAME = 0xc000 | HEADER_BYTES;

  private final DatagramSocket socket;
  private final Map<String, List<String>> records;

  private FakeDns(DatagramSocket socket, Map<String, List<String>> records) {
    this.socket = socket;
    this.records = records;
    Thread.ofVirtual().start(this::serve);
  }

  static FakeDns of(Map<String, List<String>> records) {
    try {
      return new FakeDns(new DatagramSocket(0, InetAddress.getLoopbackAddress()), records);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As JNDI names it. */
  String url() {
    return "dns://127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_PACKET_BYTES], MAX_PACKET_BYTES);
        socket.receive(packet);
        byte[] answer = answer(packet.getData());
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private byte[] answer(byte[] question) {
    StringBuilder name = new StringBuilder();
    int at = HEADER_BYTES;
    while (question[at] > 0) {
      name.append(name.isEmpty() ? "" : ".");
      name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII));
      at += 1 + question[at];
    }
    int end = at + 5; // behind the type and class
    List<String> texts = records.getOrDefault(name.toString().toLowerCase(Locale.ROOT), List.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(question, 0, 2);
    for (int number : new int[] {texts.isEmpty() ? NO_SUCH_NAME : ANSWER, 1, texts.size(), 0, 0}) {
      number(out, number);
    }
    out.write(question, HEADER_BYTES, end - HEADER_BYTES);
    texts.forEach(text -> record(out, text.getBytes(StandardCharsets.US_ASCII)));
    return out.toByteArray();
  }

  private static void record(ByteArrayOutputStream out, byte[] text) {
    for (int number : new int[] {SAME_NAME, TXT, INTERNET, 0, 60, text.length + 1}) {
      number(out, number);
    }
    out.write(text.length);
    out.writeBytes(text);
  }

  private static void number(ByteArrayOutputStream out, int number) {
    out.write(number >>> Byte.SIZE);
    out.write(number);
  }

  @Override
  public void close() {
    socket.close();
  }
}
