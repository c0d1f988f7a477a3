package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows paths through folders, and through the maps and lists of dag-cbor nodes. */
public final class PathResolver {
  private PathResolver() {}

  /**
   * The CID that a path ends at; empty names in it are skipped.
   *
   * @throws PathNotFoundException if a name on the way is not there
   * @throws BlockNotFoundException if a block on the way cannot be had
   * @throws FormatException if one is malformed, or the path ends inside a node
   */
  public static Cid resolve(Cid root, String path, BlockSource source) {
    PathTarget target = walk(root, List.of(path.split("/")), source);
    if (target.inside().isPresent()) {
      throw new FormatException("path " + path + " ends inside " + target.cid());
    }
    return target.cid();
  }

  /** Follows names, which may end within a node. Errors are those of {@link #resolve} otherwise. */
  public static PathTarget walk(Cid root, List<String> names, BlockSource source) {
    List<Cid> roots = new ArrayList<>(List.of(root));
    Cid at = root;
    Cbor inside = null;
    for (String name : names) {
      if (!name.isEmpty()) {
        if (inside == null && at.codec() != Multicodec.DAG_CBOR) {
          at = entry(at, name, source);
        } else {
          Cbor value = child(at, inside == null ? DagCbor.decode(source.read(at)) : inside, name);
          inside = value instanceof Cbor.Link ? null : value;
          at = value instanceof Cbor.Link(Cid cid) ? cid : at;
        }
        roots.add(at);
      }
    }
    return new PathTarget(at, roots, Optional.ofNullable(inside));
  }

  private static Cid entry(Cid at, String name, BlockSource source) {
    if (UnixFsNode.open(at, source) instanceof UnixFsDirectory directory) {
      return directory
          .find(name)
          .map(UnixFsDirectory.Entry::cid)
          .orElseThrow(() -> new PathNotFoundException(name, at));
    }
    throw new PathNotFoundException(name, at);
  }

  private static Cbor child(Cid at, Cbor value, String name) {
    if (value instanceof Cbor.Dict dict && dict.has(name)) {
      return dict.get(name);
    }
    if (value instanceof Cbor.Array array && name.matches("[0-9]{1,9}")) {
      int index = Integer.parseInt(name);
      if (index < array.items().size()) {
        return array.items().get(index);
      }
    }
    throw new PathNotFoundException(name, at);
  }
}
