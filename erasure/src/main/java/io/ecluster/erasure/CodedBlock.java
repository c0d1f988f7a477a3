package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.util.List;

/**
 * What a group node says of one block.
 *
 * @param hash its multihash, of a function that we can compute
 * @param codec the codec of the CID it has in the user's DAG; raw for parity
 * @param size its bytes, at most {@link Block#MAX_BYTES}
 */
public record CodedBlock(Multihash hash, long codec, int size) {
  private static final int FIELDS = 3;

  public CodedBlock {
    requireComputable(hash);
    if (size < 0 || size > Block.MAX_BYTES) {
      throw new FormatException("block of " + size + " bytes; at most " + Block.MAX_BYTES);
    }
    if (codec < 0) {
      throw new FormatException("negative codec " + codec);
    }
  }

  static CodedBlock of(Block block) {
    return new CodedBlock(block.cid().hash(), block.cid().codec(), block.size());
  }

  /** The CID under which holders have the block. */
  public Cid rawCid() {
    return Cid.v1(Multicodec.RAW, hash);
  }

  /** Whether these are the bytes of the block. */
  public boolean matches(byte[] data) {
    return data.length == size && hash.matches(data);
  }

  /**
   * Checks that bytes can be verified against the hash.
   *
   * @throws FormatException if it is an identity, truncated or unknown hash
   */
  static void requireComputable(Multihash hash) {
    HashFunction function =
        HashFunction.byCode(hash.code())
            .orElseThrow(() ->
                new FormatException(
                    "blocks with hash function 0x%x cannot be coded".formatted(hash.code())));
    if (hash.digest().length != function.digestBytes()) {
      throw new FormatException("digest of wrong length in " + hash);
    }
  }

  Cbor toCbor() {
    return Cbor.of(List.of(Cbor.of(hash.toBytes()), Cbor.of(codec), Cbor.of(size)));
  }

  static CodedBlock fromCbor(Cbor value) {
    List<Cbor> fields = Fields.list(value, FIELDS);
    return new CodedBlock(
        Multihash.fromBytes(Fields.bytes(fields.get(0))),
        Fields.integer(fields.get(1)),
        Fields.size(fields.get(2)));
  }
}
