package io.ecluster.libp2p.crypto;

import io.ecluster.multiformats.FormatException;

/** The kinds of identity key, with their numbers in libp2p's key protobuf. */
public enum KeyType {
  RSA(0),
  ED25519(1),
  SECP256K1(2),
  ECDSA(3);

  private final int number;

  KeyType(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static KeyType byNumber(int number) {
    for (KeyType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw new FormatException("unknown key type " + number);
  }
}
