package io.ecluster.core.cluster;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.Arrays;
import java.util.Collection;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * How near a peer is to a CID: blake2b-256 of one XOR blake2b-256 of the other, as a number. Of all
 * peers that could act on a pin, the nearest does, so that they need not talk about it.
 */
public final class Distance {
  private static final int HASH_BITS = 256;

  private Distance() {}

  /** Whether no other peer is strictly nearer to {@code cid} than {@code self}. */
  public static boolean isClosest(PeerId self, Collection<PeerId> others, Cid cid) {
    byte[] target = hash(cid.toBytes());
    byte[] own = between(target, self);
    return others.stream()
        .noneMatch(other -> Arrays.compareUnsigned(between(target, other), own) < 0);
  }

  static byte[] between(Cid cid, PeerId peer) {
    return between(hash(cid.toBytes()), peer);
  }

  private static byte[] between(byte[] target, PeerId peer) {
    byte[] distance = hash(peer.toBytes());
    for (int i = 0; i < distance.length; i++) {
      distance[i] ^= target[i];
    }
    return distance;
  }

  static byte[] hash(byte[] data) {
    Blake2bDigest digest = new Blake2bDigest(HASH_BITS);
    digest.update(data, 0, data.length);
    byte[] hash = new byte[HASH_BITS / Byte.SIZE];
    digest.doFinal(hash, 0);
    return hash;
  }
}
