package io.ecluster.core.consensus;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multibase;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names in the CRDT and keys in the datastore, laid out as Go lays them out. A pin's name is its
 * CID, a block's is its multihash, both in upper-case base32. Inside deltas names start with a
 * slash, here they do not.
 */
final class CrdtKeys {
  private static final String NAMESPACE = "/c";

  /** A CID of a multihash that is as long as accepted, in base32. */
  private static final int MAX_NAME_CHARS = 256;

  private CrdtKeys() {}

  static String pinName(Cid cid) {
    return Multibase.BASE32_UPPER.encode(cid.toBytes());
  }

  static String blockName(Cid cid) {
    return Multibase.BASE32_UPPER.encode(cid.hash().toBytes());
  }

  /** The pin that a name inside a delta stands for, if it is one. */
  static Optional<Cid> pinOf(String name) {
    try {
      Cid cid = Cid.fromBytes(decode(name));
      return pinName(cid).equals(name) ? Optional.of(cid) : Optional.empty();
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /** The CID of the delta block with a name, if it is one. */
  static Optional<Cid> blockOf(String name) {
    try {
      Multihash hash = Multihash.fromBytes(decode(name));
      return isDeltaHash(hash) && Multibase.BASE32_UPPER.encode(hash.toBytes()).equals(name)
          ? Optional.of(blockCid(hash))
          : Optional.empty();
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static byte[] decode(String name) {
    if (name.length() > MAX_NAME_CHARS) {
      throw new FormatException("name of " + name.length() + " characters");
    }
    return Multibase.BASE32_UPPER.decode(name);
  }

  /** The one CID under which a delta block is known, whatever CID it was called by. */
  static Cid blockCid(Multihash hash) {
    return Cid.v1(Multicodec.DAG_PB, hash);
  }

  /**
   * The CID of a delta block by the rules: version 1, dag-pb, sha2-256.
   *
   * @throws FormatException if {@code cid} cannot be a delta block
   */
  static Cid requireBlock(Cid cid) {
    if (cid.codec() != Multicodec.DAG_PB || !isDeltaHash(cid.hash())) {
      throw new FormatException("not the CID of a delta: " + cid);
    }
    return blockCid(cid.hash());
  }

  private static boolean isDeltaHash(Multihash hash) {
    return hash.code() == HashFunction.SHA2_256.code()
        && hash.digest().length == HashFunction.SHA2_256.digestBytes();
  }

  static byte[] version() {
    return key("/crdt_version");
  }

  static byte[] dirty() {
    return key("/d");
  }

  static byte[] heads() {
    return key("/h/");
  }

  static byte[] head(Cid block) {
    return key("/h/" + blockName(block));
  }

  static byte[] processed(Cid block) {
    return key("/b/" + blockName(block));
  }

  static byte[] blocks() {
    return key("/b/blocks/");
  }

  static byte[] block(Cid block) {
    return key("/b/blocks/" + blockName(block));
  }

  /** Blocks that a stored block links to and that have not come yet. Ours; Go has no such keys. */
  static byte[] wanted() {
    return key("/w/");
  }

  static byte[] wanted(Cid block) {
    return key("/w/" + blockName(block));
  }

  static byte[] instances(String pin) {
    return key("/s/s/" + pin + "/");
  }

  static byte[] instance(String pin, String block) {
    return key("/s/s/" + pin + "/" + block);
  }

  static byte[] tombstone(String pin, String block) {
    return key("/s/t/" + pin + "/" + block);
  }

  static byte[] values() {
    return key("/s/k/");
  }

  static byte[] value(String pin) {
    return key("/s/k/" + pin + "/v");
  }

  static byte[] priority(String pin) {
    return key("/s/k/" + pin + "/p");
  }

  /** What follows {@code prefix} in a key. */
  static String after(byte[] prefix, byte[] key) {
    return new String(key, prefix.length, key.length - prefix.length, StandardCharsets.ISO_8859_1);
  }

  private static byte[] key(String path) {
    return (NAMESPACE + path).getBytes(StandardCharsets.ISO_8859_1);
  }
}
