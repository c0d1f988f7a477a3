package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.Varint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A block as it travels: without its hash, which the receiver computes.
 *
 * @param prefix the CID without its digest: version, codec, hash function, digest length
 */
record Payload(byte[] prefix, byte[] data) {
  /** Blocks of the first protocol versions came bare and were CIDv0. */
  static Payload legacy(byte[] data) {
    Multihash any = Multihash.of(HashFunction.SHA2_256.code(), new byte[32]);
    return new Payload(prefix(Cid.v0(any)), data);
  }

  static Payload of(Cid cid, byte[] data) {
    return new Payload(prefix(cid), data);
  }

  private static byte[] prefix(Cid cid) {
    long digestBytes = cid.hash().digest().length;
    ByteBuffer out = ByteBuffer.allocate(4 * Varint.MAX_BYTES);
    Varint.put(out, cid.version());
    Varint.put(out, cid.codec());
    Varint.put(out, cid.hash().code());
    Varint.put(out, digestBytes);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** The hash of the data by the function the prefix names; empty if we cannot compute it. */
  Optional<Multihash> hash() {
    try {
      ByteBuffer in = ByteBuffer.wrap(prefix);
      Varint.get(in);
      Varint.get(in);
      long code = Varint.get(in);
      long digestBytes = Varint.get(in);
      return HashFunction.byCode(code)
          .filter(function -> function.digestBytes() == digestBytes)
          .map(function -> function.hash(data));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
