package io.ecluster.libp2p.identify;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One peer's description of itself. Addresses of kinds we do not know are left out.
 *
 * @param publicKey in protobuf form
 * @param addresses where it listens, without {@code /p2p}
 * @param observed the receiver's address as the sender sees it
 * @param signedRecord an envelope with the addresses, signed by the sender
 */
public record IdentifyMessage(
    Optional<byte[]> publicKey,
    List<Multiaddr> addresses,
    Set<String> protocols,
    Optional<Multiaddr> observed,
    String protocolVersion,
    String agent,
    Optional<byte[]> signedRecord) {
  public static final String PROTOCOL = "/ipfs/id/1.0.0";
  public static final String PUSH_PROTOCOL = "/ipfs/id/push/1.0.0";

  /** Both limits are Go's: larger messages are split, by field or not at all. */
  private static final int MAX_PART_BYTES = 8 * 1024;

  private static final int MAX_PARTS = 10;

  /** Go trims its own addresses to fit; we keep well below. */
  private static final int MAX_OWN_BYTES = 4 * 1024;

  public IdentifyMessage {
    addresses = List.copyOf(addresses);
    protocols = Set.copyOf(protocols);
  }

  /**
   * Reads to the end of the stream and merges all messages there.
   *
   * @throws FormatException if there are too many, one is too long, or malformed
   */
  public static IdentifyMessage readAll(InputStream in) throws IOException {
    Builder builder = new Builder();
    for (int part = 0; ; part++) {
      int first = in.read();
      if (first < 0) {
        break;
      }
      if (part == MAX_PARTS) {
        throw new FormatException("more than " + MAX_PARTS + " identify messages");
      }
      builder.merge(readPart(first, in));
    }
    return builder.build();
  }

  private static byte[] readPart(int first, InputStream in) throws IOException {
    long length = first < 0x80 ? first : (first & 0x7f) | (Varint.read(in) << 7);
    if (length < 0 || length > MAX_PART_BYTES) {
      throw new FormatException("identify message of " + length + " bytes");
    }
    byte[] part = in.readNBytes((int) length);
    if (part.length < length) {
      throw new FormatException("identify message is cut short");
    }
    return part;
  }

  public static IdentifyMessage parse(byte[] message) {
    Builder builder = new Builder();
    builder.merge(message);
    return builder.build();
  }

  /** With its length in front. Addresses beyond 4 KiB are left out. */
  public byte[] toFrame() {
    byte[] message = encode(addresses);
    for (int keep = addresses.size() - 1; message.length > MAX_OWN_BYTES && keep >= 0; keep--) {
      message = encode(addresses.subList(0, keep));
    }
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    Varint.write(frame, message.length);
    frame.writeBytes(message);
    return frame.toByteArray();
  }

  private byte[] encode(List<Multiaddr> listed) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      if (publicKey.isPresent()) {
        out.writeByteArray(1, publicKey.get());
      }
      for (Multiaddr address : listed) {
        out.writeByteArray(2, address.toBytes());
      }
      for (String protocol : protocols.stream().sorted().toList()) {
        out.writeString(3, protocol);
      }
      if (observed.isPresent()) {
        out.writeByteArray(4, observed.get().toBytes());
      }
      out.writeString(5, protocolVersion);
      out.writeString(6, agent);
      if (signedRecord.isPresent()) {
        out.writeByteArray(8, signedRecord.get());
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** Merges parts as protobuf does: lists grow, the last single value stays. */
  private static final class Builder {
    private byte @Nullable [] publicKey;
    private final List<Multiaddr> addresses = new ArrayList<>();
    private final Set<String> protocols = new LinkedHashSet<>();
    private @Nullable Multiaddr observed;
    private String protocolVersion = "";
    private String agent = "";
    private byte @Nullable [] signedRecord;

    void merge(byte[] message) {
      try {
        read(CodedInputStream.newInstance(message));
      } catch (IOException e) {
        throw new FormatException("malformed identify message", e);
      }
    }

    private void read(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case 10 -> publicKey = in.readByteArray();
          case 18 -> address(in.readByteArray()).ifPresent(addresses::add);
          case 26 -> protocols.add(in.readString());
          case 34 -> observed = address(in.readByteArray()).orElse(observed);
          case 42 -> protocolVersion = in.readString();
          case 50 -> agent = in.readString();
          case 66 -> signedRecord = in.readByteArray();
          default -> in.skipField(tag);
        }
      }
    }

    IdentifyMessage build() {
      return new IdentifyMessage(
          Optional.ofNullable(publicKey),
          addresses,
          protocols,
          Optional.ofNullable(observed),
          protocolVersion,
          agent,
          Optional.ofNullable(signedRecord));
    }
  }

  /** Empty for kinds of address that we do not know. */
  static Optional<Multiaddr> address(byte[] bytes) {
    try {
      return Optional.of(Multiaddr.fromBytes(bytes));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
