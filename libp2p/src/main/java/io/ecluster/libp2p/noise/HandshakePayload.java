package io.ecluster.libp2p.noise;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.crypto.PublicKey;
import io.ecluster.multiformats.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What each side says of itself: identity key, its signature over the Noise key, its muxers. */
record HandshakePayload(byte[] identityKey, byte[] signature, List<String> muxers) {
  private static final byte[] DOMAIN = "noise-libp2p-static-key:".getBytes(US_ASCII);

  /** More muxers than anybody has. */
  private static final int MAX_MUXERS = 32;

  HandshakePayload {
    muxers = List.copyOf(muxers);
  }

  static HandshakePayload of(Identity identity, byte[] staticKey, List<String> muxers) {
    return new HandshakePayload(
        identity.publicKey().toProtobuf(), identity.sign(signedBytes(staticKey)), muxers);
  }

  private static byte[] signedBytes(byte[] staticKey) {
    byte[] signed = new byte[DOMAIN.length + staticKey.length];
    System.arraycopy(DOMAIN, 0, signed, 0, DOMAIN.length);
    System.arraycopy(staticKey, 0, signed, DOMAIN.length, staticKey.length);
    return signed;
  }

  /** The identity key, if it signed the Noise key that was used. */
  PublicKey verified(byte[] staticKey) throws NoiseException {
    try {
      PublicKey key = PublicKey.fromProtobuf(identityKey);
      if (key.verify(signedBytes(staticKey), signature)) {
        return key;
      }
    } catch (FormatException e) {
      throw new NoiseException("peer has an unacceptable identity key", e);
    }
    throw new NoiseException("peer's identity did not sign its Noise key");
  }

  static HandshakePayload parse(byte[] bytes) throws NoiseException {
    try {
      return read(CodedInputStream.newInstance(bytes));
    } catch (IOException e) {
      throw new NoiseException("malformed handshake payload", e);
    }
  }

  private static HandshakePayload read(CodedInputStream in) throws IOException {
    byte[] key = new byte[0];
    byte[] signature = new byte[0];
    List<String> muxers = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> key = in.readByteArray();
        case 18 -> signature = in.readByteArray();
        case 34 -> readExtensions(CodedInputStream.newInstance(in.readByteArray()), muxers);
        default -> in.skipField(tag);
      }
    }
    return new HandshakePayload(key, signature, muxers);
  }

  private static void readExtensions(CodedInputStream in, List<String> muxers) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 18 && muxers.size() < MAX_MUXERS) {
        muxers.add(in.readString());
      } else {
        in.skipField(tag);
      }
    }
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeByteArray(1, identityKey);
      out.writeByteArray(2, signature);
      out.writeByteArray(4, extensions());
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private byte[] extensions() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (String muxer : muxers) {
      out.writeString(2, muxer);
    }
    out.flush();
    return bytes.toByteArray();
  }
}
