package io.ecluster.libp2p.kad;

import io.ecluster.multiformats.FormatException;
import java.util.Arrays;
import java.util.List;

/**
 * A request or its answer. Records of values are not kept: nobody here stores any.
 *
 * @param key what is asked for: for peers the bytes of their id; empty in answers about peers
 * @param closer peers nearer to the key
 * @param providers who claim to have it
 */
record KadMessage(Type type, byte[] key, List<KadPeer> closer, List<KadPeer> providers) {
  /** What is asked, with its number on the wire. */
  enum Type {
    PUT_VALUE(0),
    GET_VALUE(1),
    ADD_PROVIDER(2),
    GET_PROVIDERS(3),
    FIND_NODE(4),
    PING(5);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static Type of(int number) {
      return Arrays.stream(values())
          .filter(type -> type.number == number)
          .findFirst()
          .orElseThrow(() -> new FormatException("DHT message of type " + number));
    }
  }

  private static final byte[] NO_KEY = {};

  KadMessage {
    closer = List.copyOf(closer);
    providers = List.copyOf(providers);
  }

  static KadMessage findNode(byte[] key) {
    return new KadMessage(Type.FIND_NODE, key, List.of(), List.of());
  }

  static KadMessage nodes(List<KadPeer> closer) {
    return new KadMessage(Type.FIND_NODE, NO_KEY, closer, List.of());
  }
}
