package io.ecluster.libp2p.kad;

import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.PeerId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** How near peers are to a key: the exclusive or of the SHA-256 of both, as a number. */
final class Distance {
  private Distance() {}

  private record Measured(PeerId peer, byte[] distance) {}

  /** The nearest first, at most {@code count}. */
  static List<PeerId> nearest(Collection<PeerId> peers, byte[] key, int count) {
    byte[] point = sha256(key);
    return peers.stream()
        .map(peer -> new Measured(peer, xor(sha256(peer.toBytes()), point)))
        .sorted(Comparator.comparing(Measured::distance, Arrays::compareUnsigned))
        .limit(count)
        .<PeerId>map(Measured::peer)
        .toList();
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] result = new byte[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = (byte) (a[i] ^ b[i]);
    }
    return result;
  }

  private static byte[] sha256(byte[] data) {
    return HashFunction.SHA2_256.hash(data).digest();
  }
}
