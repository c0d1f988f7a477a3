package io.ecluster.ipfs;

import com.google.protobuf.CodedOutputStream;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small blocks with links, made for tests of nodes that store and pin them. */
public final class TestDag {
  private TestDag() {}

  public static Block raw(byte[] data) {
    return new Block(Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(data)), data);
  }

  public static Block raw(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A version 0 dag-pb node that links these, without names. */
  public static Block node(Block... children) {
    byte[] data = protobuf(Arrays.stream(children).map(c -> Map.entry("", c.cid())).toList());
    return new Block(Cid.v0(HashFunction.SHA2_256.hash(data)), data);
  }

  /** A version 1 UnixFS folder; entries sort by name. */
  public static Block folder(Map<String, Cid> entries) {
    byte[] links =
        protobuf(entries.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList());
    byte[] data = Arrays.copyOf(links, links.length + 4);
    System.arraycopy(new byte[] {0x0a, 2, 8, 1}, 0, data, links.length, 4); // data: type folder
    return new Block(Cid.v1(Multicodec.DAG_PB, HashFunction.SHA2_256.hash(data)), data);
  }

  /** A dag-cbor list of links to the raw aliases of these, as shard nodes have them. */
  public static Block shard(String label, List<Block> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    head(out, 4, blocks.size() + 1);
    byte[] text = label.getBytes(StandardCharsets.UTF_8);
    head(out, 3, text.length);
    out.writeBytes(text);
    blocks.forEach(block -> link(out, block.cid().rawAlias()));
    byte[] data = out.toByteArray();
    return new Block(Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(data)), data);
  }

  private static void link(ByteArrayOutputStream out, Cid cid) {
    byte[] bytes = cid.toBytes();
    out.write(0xd8);
    out.write(42);
    head(out, 2, bytes.length + 1);
    out.write(0);
    out.writeBytes(bytes);
  }

  private static void head(ByteArrayOutputStream out, int major, int argument) {
    if (argument < 24) {
      out.write(major << 5 | argument);
    } else {
      out.write(major << 5 | 25);
      out.write(argument >>> 8);
      out.write(argument);
    }
  }

  private static byte[] protobuf(List<Map.Entry<String, Cid>> links) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    try {
      for (Map.Entry<String, Cid> link : links) {
        coded.writeByteArray(2, protobufLink(link));
      }
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] protobufLink(Map.Entry<String, Cid> link) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    coded.writeByteArray(1, link.getValue().toBytes());
    coded.writeString(2, link.getKey());
    coded.writeUInt64(3, 0);
    coded.flush();
    return out.toByteArray();
  }
}
