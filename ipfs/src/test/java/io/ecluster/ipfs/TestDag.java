package io.ecluster.ipfs;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.ipld.DagPb;
import io.ecluster.ipld.PbLink;
import io.ecluster.ipld.PbNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small blocks with links, made for tests of nodes that store and pin them. */
public final class TestDag {
  private static final byte[] UNIXFS_FOLDER = {8, 1};

  private TestDag() {}

  public static Block raw(byte[] data) {
    return new Block(Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(data)), data);
  }

  public static Block raw(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A version 0 dag-pb node that links these, without names. */
  public static Block node(Block... children) {
    List<PbLink> links =
        Arrays.stream(children).map(child -> new PbLink(child.cid(), "", child.size())).toList();
    byte[] data = DagPb.encode(new PbNode(links, new byte[0]));
    return new Block(Cid.v0(HashFunction.SHA2_256.hash(data)), data);
  }

  /** A version 1 UnixFS folder. */
  public static Block folder(Map<String, Cid> entries) {
    List<PbLink> links =
        entries.entrySet().stream().map(e -> new PbLink(e.getValue(), e.getKey(), 0)).toList();
    byte[] data = DagPb.encode(new PbNode(links, UNIXFS_FOLDER));
    return new Block(Cid.v1(Multicodec.DAG_PB, HashFunction.SHA2_256.hash(data)), data);
  }

  /** A dag-cbor list of a label and links to the raw aliases of these, as shard nodes have them. */
  public static Block shard(String label, List<Block> blocks) {
    List<Cbor> items = new ArrayList<>(List.of(new Cbor.Text(label)));
    blocks.forEach(block -> items.add(new Cbor.Link(block.cid().rawAlias())));
    byte[] data = DagCbor.encode(new Cbor.Array(items));
    return new Block(Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(data)), data);
  }
}
