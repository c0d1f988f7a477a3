package io.ecluster.service.read;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockSink;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.ipld.DirectoryBuilder;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A folder with one of everything, as blocks. */
public final class TestSite {
  public static final String ODD_NAME = "ü \"#?&<b>'%.txt";

  private final BlockSink sink;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final Map<String, Cid> cids = new LinkedHashMap<>();
  private final Cid root;
  private final Cid node;

  public TestSite(BlockSink sink) {
    this.sink = sink;
    DirectoryBuilder folders = new DirectoryBuilder();
    add(folders, "hello.txt", "hello\n".getBytes(StandardCharsets.UTF_8));
    add(folders, "page.html", "<html><body>x</body></html>".getBytes(StandardCharsets.UTF_8));
    add(folders, "plain", "just text".getBytes(StandardCharsets.UTF_8));
    add(folders, "empty", new byte[0]);
    add(folders, "sub/" + ODD_NAME, "odd".getBytes(StandardCharsets.UTF_8));
    add(folders, "site/index.html", "<h1>i</h1>".getBytes(StandardCharsets.UTF_8));
    byte[] big = new byte[1_000_000];
    new Random(7).nextBytes(big);
    add(folders, "big", big);
    Imported link = new FileImporter().addSymlink("hello.txt", ImportOptions.DEFAULT, sink);
    cids.put("link", link.root());
    folders.add("link", link);
    List<DirectoryBuilder.Directory> all = folders.finish(ImportOptions.DEFAULT, sink);
    all.forEach(folder -> cids.put(folder.path(), folder.imported().root()));
    root = all.getLast().imported().root();
    node = putNode(root);
  }

  private void add(DirectoryBuilder folders, String path, byte[] content) {
    try {
      Imported file =
          new FileImporter().add(new ByteArrayInputStream(content), ImportOptions.DEFAULT, sink);
      files.put(path, content);
      cids.put(path, file.root());
      folders.add(path, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Cid putNode(Cid link) {
    Cbor list = Cbor.of(List.of(Cbor.of(1), Cbor.of(new byte[] {1, 2}), Cbor.Null.NULL));
    byte[] bytes = DagCbor.encode(Cbor.of(Map.of("a", Cbor.of(link), "b", list)));
    Cid cid = Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes));
    sink.put(new Block(cid, bytes));
    return cid;
  }

  public Cid root() {
    return root;
  }

  /** A dag-cbor node with a link {@code a} to the folder and a list {@code b}. */
  public Cid node() {
    return node;
  }

  public byte[] content(String path) {
    return files.getOrDefault(path, new byte[0]).clone();
  }

  public Cid cid(String path) {
    return cids.getOrDefault(path, root);
  }
}
