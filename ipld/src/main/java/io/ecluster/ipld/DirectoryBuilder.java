package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects entries by path and then emits their directories, each after those it contains. A large
 * directory is sharded, by the rule and in the format of Kubo.
 */
public final class DirectoryBuilder {
  /** A directory that has been emitted; the root's path is empty. */
  public record Directory(String path, Imported imported) {}

  /** Kubo's: a directory whose names and CIDs together take more is sharded. */
  static final int SHARDING_BYTES = 256 * 1024;

  /** Deeper trees come from nobody's disk; keeps the recursion off the stack's end. */
  private static final int MAX_DEPTH = 256;

  private sealed interface Node {}

  private record Leaf(Imported imported) implements Node {}

  private record Folder(Map<String, Node> children) implements Node {
    static Folder empty() {
      return new Folder(new TreeMap<>(DagPb.NAME_ORDER));
    }
  }

  private final Folder root = Folder.empty();

  /**
   * Adds a file or symlink, with the folders on its way.
   *
   * @param path names separated by slashes, without a leading one
   * @throws FormatException if a name is not allowed or is taken
   */
  public void add(String path, Imported imported) {
    int slash = path.lastIndexOf('/');
    Folder folder = slash < 0 ? root : folder(path.substring(0, slash));
    String name = EntryName.require(path.substring(slash + 1));
    if (folder.children().putIfAbsent(name, new Leaf(imported)) != null) {
      throw new FormatException("two entries have the path '" + path + "'");
    }
  }

  /**
   * Makes sure that a folder is there, even if nothing is put into it. The empty path is the root.
   *
   * @throws FormatException if a name is not allowed or a file has it
   */
  public void addFolder(String path) {
    if (!path.isEmpty()) {
      folder(path);
    }
  }

  private Folder folder(String path) {
    Folder folder = root;
    String[] names = path.split("/", -1);
    if (names.length > MAX_DEPTH) {
      throw new FormatException("folders are nested deeper than " + MAX_DEPTH);
    }
    for (String name : names) {
      Node next = folder.children().computeIfAbsent(EntryName.require(name), _ -> Folder.empty());
      if (!(next instanceof Folder inner)) {
        throw new FormatException("'" + name + "' in '" + path + "' is a file and a folder");
      }
      folder = inner;
    }
    return folder;
  }

  /** Emits all directories, children sorted, and says what they became; the root is last. */
  public List<Directory> finish(ImportOptions options, BlockSink sink) {
    List<Directory> done = new ArrayList<>();
    emit("", root, new NodeWriter(options, sink), done);
    return List.copyOf(done);
  }

  private Imported emit(String path, Folder folder, NodeWriter writer, List<Directory> done) {
    List<PbLink> links = new ArrayList<>();
    folder
        .children()
        .forEach((name, node) -> {
          Imported child =
              switch (node) {
                case Leaf(Imported imported) -> imported;
                case Folder inner ->
                    emit(path.isEmpty() ? name : path + "/" + name, inner, writer, done);
              };
          links.add(new PbLink(child.root(), name, child.dagSize()));
        });
    Imported imported =
        isLarge(links)
            ? new HamtWriter(writer).write(links)
            : writer.node(UnixFs.directory(), links);
    done.add(new Directory(path, imported));
    return imported;
  }

  private static boolean isLarge(List<PbLink> links) {
    long bytes = 0;
    for (PbLink link : links) {
      bytes += link.name().getBytes(StandardCharsets.UTF_8).length + link.hash().toBytes().length;
    }
    return bytes > SHARDING_BYTES;
  }
}
