package io.ecluster.adder;

import io.ecluster.ipld.BlockSink;
import io.ecluster.ipld.DirectoryBuilder;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries into a DAG. Each top-level entry has a root of its own, unless all are wrapped into
 * a folder; the root of the last is the root of the add. Its event is held back: it is told last,
 * when the add is safe.
 */
final class EntryImporter implements Importer {
  /** Kubo and Go tell of progress this often. */
  private static final int PROGRESS_STEP_BYTES = 256 * 1024;

  private final AddRequest request;
  private final BlockSink sink;
  private final Consumer<AddEvent> events;
  private final Supplier<List<PeerId>> allocations;
  private final FileImporter files = new FileImporter();
  private DirectoryBuilder tree = new DirectoryBuilder();
  private String topLevel = "";
  private boolean treeOpen;
  private long fileBytes;
  private @Nullable AddEvent root;

  EntryImporter(
      AddRequest request,
      BlockSink sink,
      Consumer<AddEvent> events,
      Supplier<List<PeerId>> allocations) {
    this.request = request;
    this.sink = sink;
    this.events = events;
    this.allocations = allocations;
  }

  @Override
  public AddEvent importAll(Iterator<AddEntry> entries) {
    while (entries.hasNext()) {
      add(entries.next());
    }
    if (request.wrap()) {
      treeOpen = true;
    }
    closeTree();
    if (root == null) {
      throw new IllegalArgumentException("nothing to add: the request carries no file or folder");
    }
    return root;
  }

  @Override
  public long fileBytes() {
    return fileBytes;
  }

  private void add(AddEntry entry) {
    String top = request.wrap() ? "" : entry.path().split("/", 2)[0];
    if (treeOpen && !top.equals(topLevel)) {
      closeTree();
    }
    topLevel = top;
    switch (entry) {
      case AddEntry.Directory(String path) -> {
        treeOpen = true;
        tree.addFolder(inTree(path));
      }
      case AddEntry.File file -> place(file.path(), importFile(file));
      case AddEntry.Symlink(String path, String target) ->
          place(path, files.addSymlink(target, options(), sink));
    }
  }

  private ImportOptions options() {
    return request.dag();
  }

  private Imported importFile(AddEntry.File file) {
    InputStream content =
        request.progress() ? new Counting(file.content(), file.path()) : file.content();
    try {
      Imported imported = files.add(content, options(), sink);
      fileBytes += imported.fileSize();
      return imported;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the upload broke off in " + file.path() + ": " + e.getMessage(), e);
    }
  }

  /** A file is a root by itself when nothing surrounds it. */
  private void place(String path, Imported imported) {
    AddEvent event = event(path, imported);
    if (request.wrap() || path.contains("/")) {
      treeOpen = true;
      tree.add(inTree(path), imported);
      events.accept(event);
    } else {
      newRoot(event);
    }
  }

  private String inTree(String path) {
    int slash = path.indexOf('/');
    return request.wrap() ? path : slash < 0 ? "" : path.substring(slash + 1);
  }

  private void closeTree() {
    if (!treeOpen) {
      return;
    }
    List<DirectoryBuilder.Directory> directories = tree.finish(options(), sink);
    for (DirectoryBuilder.Directory directory : directories) {
      AddEvent event = event(outside(directory.path()), directory.imported());
      if (directory.path().isEmpty()) {
        newRoot(event);
      } else {
        events.accept(event);
      }
    }
    tree = new DirectoryBuilder();
    treeOpen = false;
  }

  private String outside(String path) {
    if (topLevel.isEmpty()) {
      return path;
    }
    return path.isEmpty() ? topLevel : topLevel + "/" + path;
  }

  private void newRoot(AddEvent event) {
    if (root != null) {
      events.accept(root);
    }
    root = event;
  }

  private AddEvent event(String name, Imported imported) {
    Optional<Cid> cid = Optional.of(imported.root());
    return new AddEvent(name, cid, 0, imported.dagSize(), allocations.get(), Optional.empty());
  }

  /** Tells how far a file has been read. */
  private final class Counting extends FilterInputStream {
    private final String name;
    private long count;
    private long told;

    Counting(InputStream in, String path) {
      super(in);
      int slash = path.indexOf('/');
      this.name = slash < 0 ? "" : path.substring(slash + 1);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = in.read(bytes, from, length);
      count += Math.max(read, 0);
      if (count - told >= PROGRESS_STEP_BYTES || (read < 0 && count > told)) {
        told = count;
        events.accept(new AddEvent(name, Optional.empty(), count, 0, List.of(), Optional.empty()));
      }
      return read;
    }
  }
}
