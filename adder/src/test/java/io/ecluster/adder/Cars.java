package io.ecluster.adder;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.CarReader;
import io.ecluster.ipld.CarWriter;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CARs and their blocks. */
final class Cars {
  private Cars() {}

  static byte[] of(Cid root, List<Block> blocks) {
    return of(List.of(root), blocks);
  }

  static byte[] of(List<Cid> roots, List<Block> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      blocks.forEach(new CarWriter(out, roots)::put);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static List<Block> blocksOf(byte[] car) {
    List<Block> blocks = new ArrayList<>();
    try {
      CarReader reader = new CarReader(new ByteArrayInputStream(car));
      for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
        blocks.add(next.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return blocks;
  }

  static Block raw(String text) {
    return raw(text, HashFunction.SHA2_256);
  }

  static Block raw(String text, HashFunction hash) {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    return new Block(Cid.v1(Multicodec.RAW, hash.hash(data)), data);
  }

  /** A dag-cbor node with these links. */
  static Block node(Cid... links) {
    byte[] data = DagCbor.encode(Cbor.of(List.of(links).stream().map(Cbor::of).toList()));
    return new Block(Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(data)), data);
  }

  static HashFunction function(String name) {
    return HashFunction.byName(name).orElseThrow();
  }
}
