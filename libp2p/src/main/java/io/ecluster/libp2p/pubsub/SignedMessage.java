package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.crypto.PublicKey;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as it travels. Absent data and empty data are kept apart, because the signature is over
 * the bytes that were sent.
 *
 * @param from the author's binary peer id
 * @param sequence eight bytes that the author never uses twice
 * @param key the author's public-key protobuf, when the id does not contain it
 */
record SignedMessage(
    ByteString from,
    @Nullable ByteString data,
    ByteString sequence,
    String topic,
    ByteString signature,
    @Nullable ByteString key) {
  static final int SEQUENCE_BYTES = 8;

  /** IPFS Cluster's message ids carry this much of the author; Go panics on shorter authors. */
  static final int ID_AUTHOR_BYTES = 16;

  private static final ByteString SIGNED_PREFIX = ByteString.copyFromUtf8("libp2p-pubsub:");

  static SignedMessage sign(Identity author, long sequence, String topic, byte[] data) {
    SignedMessage unsigned =
        new SignedMessage(
            ByteString.copyFrom(author.id().toBytes()),
            ByteString.copyFrom(data),
            ByteString.copyFrom(ByteBuffer.allocate(SEQUENCE_BYTES).putLong(0, sequence)),
            topic,
            ByteString.EMPTY,
            keyBeside(author));
    return unsigned.withSignature(ByteString.copyFrom(author.sign(unsigned.signedBytes())));
  }

  private static @Nullable ByteString keyBeside(Identity author) {
    Multihash hash = author.id().hash();
    return hash.isIdentity() ? null : ByteString.copyFrom(author.publicKey().toProtobuf());
  }

  private SignedMessage withSignature(ByteString made) {
    return new SignedMessage(from, data, sequence, topic, made, key);
  }

  /** What identifies the message in the whole cluster, and in IHAVE and IWANT. */
  ByteString id() {
    return from.substring(0, ID_AUTHOR_BYTES).concat(sequence);
  }

  /** Whether {@link #id} can be made, by us and by Go. */
  boolean hasId() {
    return from.size() >= ID_AUTHOR_BYTES && sequence.size() == SEQUENCE_BYTES;
  }

  /** Rough bytes in memory and on the wire. */
  int size() {
    return payload().size()
        + from.size()
        + sequence.size()
        + topic.length()
        + signature.size()
        + (key == null ? 0 : key.size());
  }

  ByteString payload() {
    return data == null ? ByteString.EMPTY : data;
  }

  /** The author, if the signature is his. */
  Optional<PeerId> author() {
    try {
      PeerId author = PeerId.fromBytes(from.toByteArray());
      return publicKey(author)
          .filter(k -> k.verify(signedBytes(), signature.toByteArray()))
          .map(_ -> author);
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private Optional<PublicKey> publicKey(PeerId author) {
    Optional<PublicKey> inside = PublicKey.inside(author);
    if (inside.isPresent() || key == null) {
      return inside;
    }
    return Optional.of(PublicKey.fromProtobuf(key.toByteArray()))
        .filter(k -> k.peerId().equals(author));
  }

  byte[] signedBytes() {
    return SIGNED_PREFIX.concat(ByteString.copyFrom(RpcWriter.unsigned(this))).toByteArray();
  }
}
