package io.ecluster.ipfs.embedded;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multibase;
import io.ecluster.multiformats.Multihash;
import java.util.Optional;

/**
 * File names of blocks, as Kubo's flatfs has them: {@code XY/MULTIHASH.data} with the multihash in
 * upper-case base32 and XY its last characters but one ({@code next-to-last/2}), so that 1024
 * folders fill evenly.
 */
final class BlockNames {
  static final String SUFFIX = ".data";
  private static final int FOLDER_LENGTH = 2;

  private BlockNames() {}

  /** Folder and file of a block. */
  record Name(String folder, String file) {}

  static Name of(Multihash hash) {
    String text = Multibase.BASE32_UPPER.encode(hash.toBytes());
    int end = text.length() - 1;
    return new Name(text.substring(end - FOLDER_LENGTH, end), text + SUFFIX);
  }

  /** The multihash a file is named after; empty for files that are no blocks. */
  static Optional<Multihash> parse(String file) {
    if (!file.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    try {
      String text = file.substring(0, file.length() - SUFFIX.length());
      return Optional.of(Multihash.fromBytes(Multibase.BASE32_UPPER.decode(text)));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
