package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the blocks of a manifest: a root that lists all groups, or, when they are too many for one
 * block, pages of groups and a root that links the pages.
 */
public final class ManifestWriter {
  static final String ROOT_KIND = "manifest";
  static final String PAGE_KIND = "page";
  static final String ROOT = "root";
  static final String SIZE = "size";
  static final String CELL = "cell";
  static final String SHARD = "shard";
  static final String GROUPS = "groups";
  static final String PAGES = "pages";
  static final String FIRST = "first";

  /** Groups in one block take no more than this: with the rest it stays under 512 KiB. */
  static final int PAGE_BYTES = 500 * 1024;

  private ManifestWriter() {}

  /** The blocks of a manifest, its root last. */
  public static List<Block> write(Manifest manifest) {
    List<List<Cbor>> pages = pages(manifest);
    return pages.size() <= 1
        ? List.of(root(manifest, GROUPS, pages.stream().flatMap(List::stream).toList()))
        : tree(manifest, pages);
  }

  private static List<Block> tree(Manifest manifest, List<List<Cbor>> pages) {
    List<Block> blocks = new ArrayList<>();
    List<Cbor> links = new ArrayList<>();
    int first = 0;
    for (List<Cbor> page : pages) {
      Block block = page(manifest, first, page);
      blocks.add(block);
      links.add(Cbor.of(block.cid().rawAlias()));
      first += page.size();
    }
    blocks.add(root(manifest, PAGES, links));
    return blocks;
  }

  private static List<List<Cbor>> pages(Manifest manifest) {
    List<List<Cbor>> pages = new ArrayList<>();
    int room = 0;
    for (GroupEntry group : manifest.groups()) {
      Cbor entry = group.toCbor();
      int bytes = DagCbor.encode(entry).length;
      if (pages.isEmpty() || bytes > room) {
        pages.add(new ArrayList<>());
        room = PAGE_BYTES;
      }
      pages.getLast().add(entry);
      room -= bytes;
    }
    return pages;
  }

  private static Block page(Manifest manifest, int first, List<Cbor> groups) {
    Map<String, Cbor> fields = Fields.node(PAGE_KIND, manifest.coding(), Map.of());
    fields.put(FIRST, Cbor.of(first));
    fields.put(GROUPS, Cbor.of(groups));
    return Fields.block(fields);
  }

  private static Block root(Manifest manifest, String key, List<Cbor> items) {
    CodeParameters parameters = manifest.parameters();
    Map<String, Cbor> fields = Fields.node(ROOT_KIND, manifest.coding(), Map.of());
    fields.put(ROOT, Cbor.of(manifest.root().toBytes()));
    fields.put(SIZE, Cbor.of(manifest.size()));
    fields.put(Fields.CODE, Fields.code(parameters.dataShards(), parameters.parityShards()));
    fields.put(CELL, Cbor.of(parameters.cellSize()));
    fields.put(SHARD, Cbor.of(parameters.shardSize()));
    fields.put(key, Cbor.of(items));
    return Fields.block(fields);
  }
}
