package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a range of a file, reading only the blocks that it needs. Two queues in file order: {@code
 * rest}, what has not been looked at, and {@code ahead}, what will be read next and has been made
 * known to the prefetcher. A part that is too large for a block is opened when it reaches the front
 * of {@code rest}, so that read-ahead goes on across the borders of inner nodes. Parts without
 * bytes are never visited: with them a small DAG could ask for endless work.
 */
final class FileReader {
  /** Enough to keep several peers sending; twice this is held by a source that fetches ahead. */
  static final long READ_AHEAD_BYTES = 8 * 1024 * 1024;

  /** As well, for files of tiny leaves. */
  static final int READ_AHEAD_BLOCKS = 256;

  /** No layout comes near: a balanced tree this deep would hold 174^64 leaves. */
  static final int MAX_DEPTH = 64;

  /** Bytes of the file, here or below a link. */
  private sealed interface Piece {
    long size();
  }

  private record Loaded(byte[] data, long offset) implements Piece {
    @Override
    public long size() {
      return data.length;
    }
  }

  private record Linked(Cid cid, long offset, long size, int depth) implements Piece {}

  private final BlockSource source;
  private final Prefetcher prefetcher;
  private final OutputStream out;
  private final long from;
  private final long to;
  private final Deque<Piece> rest = new ArrayDeque<>();
  private final Deque<Piece> ahead = new ArrayDeque<>();
  private long aheadBytes;

  FileReader(BlockSource source, Prefetcher prefetcher, OutputStream out, long from, long to) {
    this.source = source;
    this.prefetcher = prefetcher;
    this.out = out;
    this.from = from;
    this.to = to;
  }

  void run(FileNode root) throws IOException {
    pieces(root, 0, 0).reversed().forEach(rest::push);
    lookAhead();
    while (!ahead.isEmpty()) {
      Piece next = ahead.remove();
      aheadBytes -= next.size();
      write(next);
      lookAhead();
    }
  }

  private void lookAhead() {
    List<Cid> expected = new ArrayList<>();
    while (aheadBytes < READ_AHEAD_BYTES && ahead.size() < READ_AHEAD_BLOCKS && !rest.isEmpty()) {
      Piece next = rest.pop();
      if (next instanceof Linked linked && linked.size() > Block.MAX_BYTES) {
        name(rest.peek(), expected);
        announce(expected);
        expected.clear();
        open(linked).reversed().forEach(rest::push);
      } else {
        ahead.add(next);
        aheadBytes += next.size();
        name(next, expected);
      }
    }
    announce(expected);
  }

  private static void name(@Nullable Piece piece, List<Cid> expected) {
    if (piece instanceof Linked linked && !linked.cid().hash().isIdentity()) {
      expected.add(linked.cid());
    }
  }

  private void announce(List<Cid> expected) {
    if (!expected.isEmpty()) {
      prefetcher.expect(List.copyOf(expected));
    }
  }

  private void write(Piece piece) throws IOException {
    switch (piece) {
      case Loaded(byte[] data, long offset) -> {
        int start = (int) Math.max(0, from - offset);
        int end = (int) Math.min(data.length, to - offset);
        out.write(data, start, end - start);
      }
      case Linked linked -> {
        List<Piece> inside = open(linked);
        if (inside.size() > 1) {
          List<Cid> expected = new ArrayList<>();
          inside.forEach(part -> name(part, expected));
          announce(expected);
        }
        for (Piece part : inside) {
          write(part);
        }
      }
    }
  }

  /** Reads a node and cuts it into those pieces that the range needs. */
  private List<Piece> open(Linked linked) {
    if (linked.depth() > MAX_DEPTH) {
      throw new FormatException("file is nested deeper than " + MAX_DEPTH);
    }
    FileNode node = FileNode.parse(linked.cid(), source.read(linked.cid()));
    if (node.size() != linked.size()) {
      throw new FormatException(
          linked.cid()
              + " holds "
              + node.size()
              + " bytes of file, not "
              + linked.size()
              + " as its parent says");
    }
    return pieces(node, linked.offset(), linked.depth());
  }

  private List<Piece> pieces(FileNode node, long offset, int depth) {
    List<Piece> pieces = new ArrayList<>();
    if (isWanted(offset, node.data().length)) {
      pieces.add(new Loaded(node.data(), offset));
    }
    for (FileNode.Part part : node.parts()) {
      if (isWanted(offset + part.offset(), part.size())) {
        pieces.add(new Linked(part.cid(), offset + part.offset(), part.size(), depth + 1));
      }
    }
    return pieces;
  }

  private boolean isWanted(long offset, long size) {
    return Math.max(offset, from) < Math.min(offset + size, to);
  }
}
