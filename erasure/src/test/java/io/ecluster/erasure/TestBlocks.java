package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Makes blocks of random bytes. */
final class TestBlocks {
  private TestBlocks() {}

  static Block raw(SplittableRandom random, int size) {
    return of(random, size, Multicodec.RAW);
  }

  static Block of(SplittableRandom random, int size, long codec) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return new Block(Cid.v1(codec, HashFunction.SHA2_256.hash(bytes)), bytes);
  }

  static List<Block> raws(SplittableRandom random, int... sizes) {
    return IntStream.of(sizes).mapToObj(size -> raw(random, size)).toList();
  }

  static CodedStore code(CodeParameters parameters, List<Block> blocks) {
    CodedStore store = new CodedStore();
    CodingId coding = CodingId.of(new byte[CodingId.BYTES]);
    StripeAssembler assembler = new StripeAssembler(coding, parameters, store);
    blocks.forEach(assembler::put);
    assembler.finish();
    return store;
  }

  /** Serves these blocks, under any CID of theirs. */
  static BlockSource source(List<Block> blocks) {
    Map<Multihash, byte[]> known = new HashMap<>();
    blocks.forEach(block -> known.put(block.cid().hash(), block.data()));
    return cid ->
        Optional.ofNullable(known.get(cid.hash()))
            .orElseThrow(() -> new BlockNotFoundException(cid, "not in the store"));
  }
}
