package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;

/**
 * What a directory entry may be called, so that a tree can be unpacked without leaving its root.
 */
final class EntryName {
  private EntryName() {}

  /**
   * The name itself.
   *
   * @throws FormatException if it is empty, a dot name, or has a slash or a zero in it
   */
  static String require(String name) {
    boolean dots = name.equals(".") || name.equals("..");
    if (name.isEmpty() || dots || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      throw new FormatException("not a name for a file or folder: '" + name + "'");
    }
    return name;
  }
}
