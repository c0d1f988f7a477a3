package io.ecluster.erasure;

import io.ecluster.ipld.BlockSource;
import io.ecluster.ipld.Cbor;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads manifests and their groups, trusting nothing. Group nodes and pages are asked for by the
 * raw CIDs under which peers keep them.
 */
public final class ManifestReader {
  private final BlockSource source;

  public ManifestReader(BlockSource source) {
    this.source = source;
  }

  /**
   * Reads a manifest, all its pages included.
   *
   * @throws FormatException if it is not one
   * @throws io.ecluster.ipld.BlockNotFoundException if a block of it cannot be had
   */
  public Manifest read(Cid manifestRoot) {
    Cbor.Dict fields =
        Fields.parse(source.get(Fields.nodeCid(manifestRoot)), ManifestWriter.ROOT_KIND);
    CodingId coding = Fields.coding(fields);
    return new Manifest(
        coding,
        Cid.fromBytes(fields.bytes(ManifestWriter.ROOT)),
        fields.integer(ManifestWriter.SIZE),
        parameters(fields),
        groups(fields, coding));
  }

  /**
   * Reads the node of a group.
   *
   * @throws FormatException if it is not the node that the manifest speaks of
   */
  public GroupNode group(Manifest manifest, int index) {
    GroupEntry entry = manifest.groups().get(index);
    GroupNode group = GroupNode.fromBytes(source.get(entry.node().rawAlias()));
    CodeParameters parameters = manifest.parameters();
    boolean belongs =
        group.coding().equals(manifest.coding())
            && group.index() == index
            && group.offset() == entry.offset()
            && group.dataShards() == parameters.dataShards()
            && group.parityShards() == parameters.parityShards();
    if (!belongs) {
      throw new FormatException("group node " + entry.node() + " is not of group " + index);
    }
    group.stripes().forEach(stripe -> requireCells(stripe, parameters));
    requireShards(group, entry);
    return group;
  }

  private static CodeParameters parameters(Cbor.Dict fields) {
    try {
      return new CodeParameters(
          Fields.dataShards(fields),
          Fields.parityShards(fields),
          Fields.size(fields, ManifestWriter.CELL),
          fields.integer(ManifestWriter.SHARD));
    } catch (InvalidParametersException e) {
      throw new FormatException("unusable parameters: " + e.getMessage(), e);
    }
  }

  private List<GroupEntry> groups(Cbor.Dict root, CodingId coding) {
    if (root.has(ManifestWriter.GROUPS)) {
      return entries(root);
    }
    List<GroupEntry> groups = new ArrayList<>();
    for (Cbor link : root.list(ManifestWriter.PAGES)) {
      List<GroupEntry> page = page(Fields.link(link), coding, groups.size());
      if (page.isEmpty() || groups.size() + page.size() > Manifest.MAX_GROUPS) {
        throw new FormatException("a manifest of empty pages or too many groups");
      }
      groups.addAll(page);
    }
    return groups;
  }

  private List<GroupEntry> page(Cid cid, CodingId coding, int first) {
    if (cid.version() != 1 || cid.codec() != Multicodec.RAW) {
      throw new FormatException("a page is linked by its raw CID, not " + cid);
    }
    Cbor.Dict page = Fields.parse(source.get(cid), ManifestWriter.PAGE_KIND);
    boolean belongs =
        Fields.coding(page).equals(coding) && Fields.size(page, ManifestWriter.FIRST) == first;
    if (!belongs) {
      throw new FormatException("page " + cid + " is not the one that begins at group " + first);
    }
    return entries(page);
  }

  private static List<GroupEntry> entries(Cbor.Dict fields) {
    return fields.list(ManifestWriter.GROUPS).stream().map(GroupEntry::fromCbor).toList();
  }

  private static void requireCells(CodedStripe stripe, CodeParameters parameters) {
    for (List<CodedBlock> cell : stripe.cells().subList(0, parameters.dataShards())) {
      int bytes = cell.stream().mapToInt(CodedBlock::size).sum();
      boolean single = cell.size() == 1 && bytes <= parameters.shardSize();
      if (bytes > parameters.cellLimit() && !single) {
        throw new FormatException(
            "cell of %d bytes in a coding with cells of %d"
                .formatted(bytes, parameters.cellLimit()));
      }
    }
  }

  private static void requireShards(GroupNode group, GroupEntry entry) {
    for (int column = 0; column < group.totalShards(); column++) {
      if (group.isEmpty(column) == entry.shards().get(column).isPresent()) {
        throw new FormatException(
            "manifest and node of group %d differ over column %d".formatted(group.index(), column));
      }
    }
  }
}
