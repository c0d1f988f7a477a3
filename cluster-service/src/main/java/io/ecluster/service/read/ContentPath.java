package io.ecluster.service.read;

import io.ecluster.ipld.BlockSource;
import io.ecluster.ipld.PathResolver;
import io.ecluster.ipld.PathTarget;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * A CID and the names that follow it.
 *
 * @param names none is empty or a dot name
 */
public record ContentPath(Cid root, List<String> names) {
  /** Longer ones lead nowhere in honest folders. */
  private static final int MAX_NAMES = 256;

  private static final String NAMESPACE = "/ipfs/";

  public ContentPath {
    names = List.copyOf(names);
  }

  /**
   * Parses {@code /ipfs/CID/a/b} or {@code CID/a/b}; empty names are passed over.
   *
   * @throws FormatException if it does not begin with a CID, or holds {@code .} or {@code ..}
   */
  public static ContentPath parse(String path) {
    String rest = path.startsWith(NAMESPACE) ? path.substring(NAMESPACE.length()) : path;
    String[] parts = rest.split("/");
    if (parts.length == 0 || parts[0].isEmpty()) {
      throw new FormatException("path does not have enough components");
    }
    List<String> names = new ArrayList<>();
    for (String name : List.of(parts).subList(1, parts.length)) {
      if (name.equals(".") || name.equals("..")) {
        throw new FormatException("names in a path must not be " + name);
      }
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    if (names.size() > MAX_NAMES) {
      throw new FormatException("path has more than " + MAX_NAMES + " names");
    }
    return new ContentPath(Cid.parse(parts[0]), names);
  }

  /** Where it ends. Errors are those of {@link PathResolver#walk}. */
  public PathTarget resolve(BlockSource source) {
    return PathResolver.walk(root, names, source);
  }

  /** The last name, or the CID. */
  public String lastName() {
    return names.isEmpty() ? root.toString() : names.getLast();
  }

  @Override
  public String toString() {
    return NAMESPACE + root + (names.isEmpty() ? "" : "/" + String.join("/", names));
  }
}
