package io.ecluster.libp2p.multistream;

import static io.ecluster.libp2p.multistream.NegotiationException.Reason.NOTHING_IN_COMMON;
import static io.ecluster.libp2p.multistream.NegotiationException.Reason.NOT_MULTISTREAM;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;

/**
 * Both roles of multistream-select. Reads no byte beyond the last token, so that what a lazy peer
 * sends right behind it stays in the stream.
 */
public final class Multistream {
  private static final String HEADER = "/multistream/1.0.0";
  private static final String REFUSAL = "na";

  /** Limit of the protocol for a token with its newline. */
  private static final int MAX_TOKEN_BYTES = 1024;

  /** A peer that proposes more than this is playing for time. */
  private static final int MAX_PROPOSALS = 64;

  private Multistream() {}

  /** What a dialer sends first: header and proposal, behind which its own bytes may follow. */
  public static byte[] hello(String protocol) {
    return tokens(HEADER, protocol);
  }

  /**
   * Reads the answers to {@link #hello}.
   *
   * @throws NegotiationException if the protocol is refused
   */
  public static void readAnswer(InputStream in, String protocol) throws IOException {
    requireHeader(in);
    requireEcho(readToken(in), protocol);
  }

  /**
   * Proposes protocols in order until one is taken.
   *
   * @throws NegotiationException if all are refused
   */
  public static String propose(InputStream in, OutputStream out, List<String> protocols)
      throws IOException {
    out.write(hello(protocols.getFirst()));
    requireHeader(in);
    for (int i = 0; i < protocols.size(); i++) {
      if (i > 0) {
        out.write(tokens(protocols.get(i)));
      }
      String answer = readToken(in);
      if (!answer.equals(REFUSAL)) {
        requireEcho(answer, protocols.get(i));
        return answer;
      }
    }
    throw new NegotiationException(NOTHING_IN_COMMON, "peer speaks none of " + protocols);
  }

  /**
   * Answers proposals until one is served, and returns that.
   *
   * @throws NegotiationException if the peer gives up
   */
  public static String accept(InputStream in, OutputStream out, Predicate<String> served)
      throws IOException {
    out.write(tokens(HEADER));
    requireHeader(in);
    for (int i = 0; i < MAX_PROPOSALS; i++) {
      String proposal = readToken(in);
      if (served.test(proposal)) {
        out.write(tokens(proposal));
        return proposal;
      }
      out.write(tokens(REFUSAL));
    }
    throw new NegotiationException(NOTHING_IN_COMMON, "peer proposed too many protocols");
  }

  /** A wrong length is found out at once: the bytes it promises may never come. */
  private static void requireHeader(InputStream in) throws IOException {
    int length = readLength(in);
    if (length != HEADER.length() + 1 || !readToken(in, length).equals(HEADER)) {
      throw new NegotiationException(NOT_MULTISTREAM, "peer does not speak multistream");
    }
  }

  private static void requireEcho(String answer, String protocol) throws IOException {
    if (answer.equals(REFUSAL)) {
      throw new NegotiationException(NOTHING_IN_COMMON, "peer does not speak " + protocol);
    }
    if (!answer.equals(protocol)) {
      throw new NegotiationException(NOT_MULTISTREAM, "peer answered another protocol");
    }
  }

  private static byte[] tokens(String... tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String token : tokens) {
      byte[] text = token.getBytes(UTF_8);
      Varint.write(bytes, text.length + 1);
      bytes.writeBytes(text);
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  private static String readToken(InputStream in) throws IOException {
    return readToken(in, readLength(in));
  }

  private static String readToken(InputStream in, int length) throws IOException {
    byte[] token = in.readNBytes(length);
    if (token.length < length) {
      throw new EOFException("stream ended during negotiation");
    }
    if (token[length - 1] != '\n') {
      throw new NegotiationException(NOT_MULTISTREAM, "multistream token without newline");
    }
    return new String(token, 0, length - 1, UTF_8);
  }

  private static int readLength(InputStream in) throws IOException {
    long length;
    try {
      length = Varint.read(in);
    } catch (FormatException e) {
      throw new NegotiationException(NOT_MULTISTREAM, "multistream token without length");
    }
    if (length < 1 || length > MAX_TOKEN_BYTES) {
      throw new NegotiationException(NOT_MULTISTREAM, "multistream token of " + length + " bytes");
    }
    return (int) length;
  }
}
