package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.util.Optional;

/** The public half of an identity key. Equality is that of the protobuf form. */
public sealed interface PublicKey permits Ed25519PublicKey, Secp256k1PublicKey, JdkPublicKey {
  KeyType type();

  /** The key as its type writes it: raw, compressed point or SubjectPublicKeyInfo. */
  byte[] data();

  /** Whether {@code signature} was made over {@code message} with the private half. */
  boolean verify(byte[] message, byte[] signature);

  default byte[] toProtobuf() {
    return new KeyMessage(type(), data()).toBytes();
  }

  default PeerId peerId() {
    return PeerId.ofPublicKey(toProtobuf());
  }

  /**
   * Parses libp2p's protobuf form.
   *
   * @throws FormatException if it is malformed or the key is unacceptable
   */
  static PublicKey fromProtobuf(byte[] bytes) {
    KeyMessage message = KeyMessage.parse(bytes);
    return switch (message.type()) {
      case ED25519 -> new Ed25519PublicKey(message.data());
      case SECP256K1 -> new Secp256k1PublicKey(message.data());
      case RSA, ECDSA -> JdkPublicKey.parse(message.type(), message.data());
    };
  }

  /** The key a peer id carries inside itself; ids of large keys carry only a hash. */
  static Optional<PublicKey> inside(PeerId id) {
    Multihash hash = id.hash();
    return hash.isIdentity() ? Optional.of(fromProtobuf(hash.digest())) : Optional.empty();
  }
}
