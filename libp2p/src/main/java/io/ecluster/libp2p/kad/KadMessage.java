package io.ecluster.libp2p.kad;

import java.util.List;

/**
 * A request or its answer. Records of values are not kept: nobody here stores any.
 *
 * @param key what is asked for: for peers the bytes of their id; empty in answers about peers
 * @param closer peers nearer to the key
 * @param providers who claim to have it
 */
record KadMessage(Type type, byte[] key, List<KadPeer> closer, List<KadPeer> providers) {
  /** The order is that of the numbers on the wire. */
  enum Type {
    PUT_VALUE,
    GET_VALUE,
    ADD_PROVIDER,
    GET_PROVIDERS,
    FIND_NODE,
    PING
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
