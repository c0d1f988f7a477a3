package io.ecluster.libp2p.kad;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The protobuf of the protocol, from peers that are not trusted. */
final class KadCodec {
  /** Twenty peers with dozens of addresses each are a tenth of it. */
  static final int MAX_FRAME_BYTES = 256 * 1024;

  /** Go tells of twenty. */
  static final int MAX_PEERS = 256;

  static final int MAX_ADDRESSES = 32;

  /** Of peers and of content: hashes, and a prefix. */
  static final int MAX_KEY_BYTES = 256;

  /** Always written by Go. */
  private static final int CLUSTER_LEVEL = 1;

  private static final int CONNECTED = 1;

  /** Go's client compares the record of an answer with its own, and panics if there is none. */
  private static final byte[] NO_RECORD = {};

  private KadCodec() {}

  /**
   * The next frame; empty at the end of the stream.
   *
   * @throws FormatException if it is too long or malformed
   */
  static Optional<KadMessage> next(InputStream in) throws IOException {
    long length;
    try {
      length = Varint.read(in);
    } catch (EOFException e) {
      return Optional.empty();
    }
    if (length > MAX_FRAME_BYTES) {
      throw new FormatException("DHT message of " + length + " bytes");
    }
    byte[] body = in.readNBytes((int) length);
    if (body.length < length) {
      throw new EOFException("stream ended inside a DHT message");
    }
    return Optional.of(parse(body));
  }

  static byte[] frame(KadMessage message) {
    byte[] body = body(message);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    Varint.write(frame, body.length);
    frame.writeBytes(body);
    return frame.toByteArray();
  }

  // ---- reading

  /** Parses a message without its length. Peers and addresses of kinds unknown are left out. */
  static KadMessage parse(byte[] body) {
    try {
      return read(CodedInputStream.newInstance(body));
    } catch (IOException e) {
      throw new FormatException("not a DHT message", e);
    }
  }

  private static KadMessage read(CodedInputStream in) throws IOException {
    KadMessage.Type type = KadMessage.Type.PUT_VALUE;
    byte[] key = {};
    List<KadPeer> closer = new ArrayList<>();
    List<KadPeer> providers = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 8 -> type = KadMessage.Type.of(in.readEnum());
        case 18 -> key = in.readByteArray();
        case 66 -> addPeer(closer, in);
        case 74 -> addPeer(providers, in);
        default -> in.skipField(tag);
      }
    }
    if (key.length > MAX_KEY_BYTES) {
      throw new FormatException("DHT key of " + key.length + " bytes");
    }
    return new KadMessage(type, key, closer, providers);
  }

  private static void addPeer(List<KadPeer> into, CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    Optional<KadPeer> peer = peer(in);
    in.popLimit(outer);
    if (into.size() == MAX_PEERS) {
      throw new FormatException("DHT message of more than " + MAX_PEERS + " peers");
    }
    peer.ifPresent(into::add);
  }

  private static Optional<KadPeer> peer(CodedInputStream in) throws IOException {
    byte[] id = {};
    List<Multiaddr> addresses = new ArrayList<>();
    int connection = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> id = in.readByteArray();
        case 18 -> addAddress(addresses, in.readByteArray());
        case 24 -> connection = in.readEnum();
        default -> in.skipField(tag);
      }
    }
    try {
      return Optional.of(new KadPeer(PeerId.fromBytes(id), addresses, connection == CONNECTED));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static void addAddress(List<Multiaddr> addresses, byte[] bytes) {
    try {
      if (addresses.size() < MAX_ADDRESSES) {
        addresses.add(Multiaddr.fromBytes(bytes));
      }
    } catch (FormatException e) {
      // A kind that we do not know.
    }
  }

  // ---- writing

  static byte[] body(KadMessage message) {
    return bytes(out -> {
      if (message.type().number() != 0) {
        out.writeEnum(1, message.type().number());
      }
      if (message.key().length > 0) {
        out.writeByteArray(2, message.key());
      }
      if (message.type() == KadMessage.Type.PUT_VALUE) {
        out.writeByteArray(3, NO_RECORD);
      }
      for (KadPeer peer : message.closer()) {
        out.writeByteArray(8, body(peer));
      }
      for (KadPeer peer : message.providers()) {
        out.writeByteArray(9, body(peer));
      }
      out.writeInt32(10, CLUSTER_LEVEL);
    });
  }

  private static byte[] body(KadPeer peer) {
    return bytes(out -> {
      out.writeByteArray(1, peer.id().toBytes());
      for (Multiaddr address : peer.addresses()) {
        out.writeByteArray(2, address.toBytes());
      }
      if (peer.connected()) {
        out.writeEnum(3, CONNECTED);
      }
    });
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      writing.to(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
