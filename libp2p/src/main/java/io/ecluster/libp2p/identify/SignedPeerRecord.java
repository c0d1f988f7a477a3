package io.ecluster.libp2p.identify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.CodedInputStream;
import io.ecluster.libp2p.crypto.PublicKey;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A peer's addresses with a sequence number, once the signature around them has been checked. */
public record SignedPeerRecord(PeerId peer, long sequence, List<Multiaddr> addresses) {
  private static final byte[] DOMAIN = "libp2p-peer-record".getBytes(US_ASCII);
  private static final byte[] PAYLOAD_TYPE = {3, 1};

  public SignedPeerRecord {
    addresses = List.copyOf(addresses);
  }

  /**
   * Opens an envelope.
   *
   * @throws FormatException if it is malformed, or signed by another than the peer it is about
   */
  public static SignedPeerRecord open(byte[] envelope) {
    try {
      return open(CodedInputStream.newInstance(envelope));
    } catch (IOException e) {
      throw new FormatException("malformed signed peer record", e);
    }
  }

  private static SignedPeerRecord open(CodedInputStream in) throws IOException {
    byte[] key = {};
    byte[] type = {};
    byte[] payload = {};
    byte[] signature = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> key = in.readByteArray();
        case 18 -> type = in.readByteArray();
        case 26 -> payload = in.readByteArray();
        case 42 -> signature = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    PublicKey signer = PublicKey.fromProtobuf(key);
    if (!Arrays.equals(type, PAYLOAD_TYPE)
        || !signer.verify(signedBytes(type, payload), signature)) {
      throw new FormatException("signature of a peer record is wrong");
    }
    SignedPeerRecord peerRecord = readRecord(CodedInputStream.newInstance(payload));
    if (!peerRecord.peer().equals(signer.peerId())) {
      throw new FormatException("peer record of " + peerRecord.peer() + " is signed by another");
    }
    return peerRecord;
  }

  private static SignedPeerRecord readRecord(CodedInputStream in) throws IOException {
    byte[] peer = {};
    long sequence = 0;
    List<Multiaddr> addresses = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> peer = in.readByteArray();
        case 16 -> sequence = in.readUInt64();
        case 26 -> readAddress(CodedInputStream.newInstance(in.readByteArray()), addresses);
        default -> in.skipField(tag);
      }
    }
    return new SignedPeerRecord(PeerId.fromBytes(peer), sequence, addresses);
  }

  private static void readAddress(CodedInputStream in, List<Multiaddr> addresses)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 10) {
        IdentifyMessage.address(in.readByteArray()).ifPresent(addresses::add);
      } else {
        in.skipField(tag);
      }
    }
  }

  private static byte[] signedBytes(byte[] type, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : List.of(DOMAIN, type, payload)) {
      Varint.write(out, part.length);
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
