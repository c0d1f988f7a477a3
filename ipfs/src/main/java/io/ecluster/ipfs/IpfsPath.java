package io.ecluster.ipfs;

import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.ipld.PathNotFoundException;
import io.ecluster.ipld.PathResolver;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.List;

/** Paths such as {@code /ipfs/CID/a/b}, for nodes that have only blocks to follow them with. */
public final class IpfsPath {
  private static final List<String> PREFIXES = List.of("/ipfs/", "/ipld/");

  private IpfsPath() {}

  /**
   * The CID that a path ends at; it may begin with the CID itself.
   *
   * @throws IpfsException if it is no such path, leads nowhere, or a block on the way is missing
   */
  public static Cid resolve(String path, BlockSource source) {
    String rest = path.substring(PREFIXES.stream().anyMatch(path::startsWith) ? 6 : 0);
    int slash = rest.indexOf('/');
    try {
      if (path.startsWith("/ipns/")) {
        throw new FormatException("names are not known here; resolve it, and use /ipfs/CID");
      }
      return slash < 0
          ? Cid.parse(rest)
          : PathResolver.resolve(
              Cid.parse(rest.substring(0, slash)), rest.substring(slash), source);
    } catch (FormatException | BlockNotFoundException | PathNotFoundException e) {
      throw new IpfsException("cannot resolve " + path + ": " + e.getMessage(), e);
    }
  }
}
