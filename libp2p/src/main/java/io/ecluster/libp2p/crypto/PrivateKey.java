package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;

/** An identity key that can sign. */
public sealed interface PrivateKey permits Ed25519PrivateKey, Secp256k1PrivateKey, JdkPrivateKey {
  PublicKey publicKey();

  byte[] sign(byte[] message);

  /** The key as its type writes it: seed and public key, scalar, PKCS#1 or SEC1. */
  byte[] data();

  default byte[] toProtobuf() {
    return new KeyMessage(publicKey().type(), data()).toBytes();
  }

  /**
   * Parses libp2p's protobuf form.
   *
   * @throws FormatException if it is malformed or the key is unacceptable
   */
  static PrivateKey fromProtobuf(byte[] bytes) {
    KeyMessage message = KeyMessage.parse(bytes);
    return switch (message.type()) {
      case ED25519 -> Ed25519PrivateKey.parse(message.data());
      case SECP256K1 -> new Secp256k1PrivateKey(message.data());
      case RSA -> JdkPrivateKey.parseRsa(message.data());
      case ECDSA -> JdkPrivateKey.parseEcdsa(message.data());
    };
  }
}
