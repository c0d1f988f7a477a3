package io.ecluster.core.cluster;

import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;

/** Turns what users type after {@code pin add} into a CID. */
final class Paths {
  private static final String IPFS = "/ipfs/";
  private static final String IPLD = "/ipld/";

  private Paths() {}

  /**
   * The CID at the end of a path. The node is asked only when names must be followed.
   *
   * @throws IllegalArgumentException if it is no path
   */
  static Cid resolve(String path, IpfsNode ipfs) {
    String rest = path;
    if (path.startsWith(IPFS) || path.startsWith(IPLD)) {
      rest = path.substring(IPFS.length());
    }
    if (rest.isEmpty() || rest.equals("/")) {
      throw new IllegalArgumentException("invalid path \"" + path + "\": nothing to pin in it");
    }
    try {
      return rest.contains("/") ? ipfs.resolve(path) : Cid.parse(rest);
    } catch (FormatException e) {
      throw new IllegalArgumentException("invalid path \"" + path + "\": " + e.getMessage(), e);
    }
  }
}
