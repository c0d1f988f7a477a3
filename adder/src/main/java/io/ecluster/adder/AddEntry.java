package io.ecluster.adder;

import java.io.InputStream;

/** One thing a client sends to be added; its path is relative, with slashes, checked and clean. */
public sealed interface AddEntry {
  String path();

  /** A file; its content must be read before the next entry is asked for. */
  record File(String path, InputStream content) implements AddEntry {}

  /** A folder, before its entries. */
  record Directory(String path) implements AddEntry {}

  /** A symbolic link. */
  record Symlink(String path, String target) implements AddEntry {}
}
