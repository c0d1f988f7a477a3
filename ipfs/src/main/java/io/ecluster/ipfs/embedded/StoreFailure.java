package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the operating system says, in words that tell a user what to do. */
final class StoreFailure {
  static final String HOW_TO_MAKE_ROOM =
      "free some space, or unpin something and collect garbage (ipfs gc)";

  private StoreFailure() {}

  static IpfsException of(String what, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new IpfsException(what + ": interrupted", cause);
    }
    return isDiskFull(cause)
        ? new IpfsException(what + ": the disk is full; " + HOW_TO_MAKE_ROOM, cause)
        : new IpfsException(what + ": " + reason(cause), cause);
  }

  /** Whether the medium itself cannot give the bytes back: a block there is lost. */
  static boolean isLostOnDisk(IOException cause) {
    return says(cause, "input/output error");
  }

  private static boolean isDiskFull(IOException cause) {
    return says(cause, "no space left") || says(cause, "quota exceeded");
  }

  private static boolean says(IOException cause, String words) {
    return reason(cause).toLowerCase(Locale.ROOT).contains(words);
  }

  private static String reason(IOException cause) {
    @Nullable String text =
        cause instanceof FileSystemException file && file.getReason() != null
            ? file.getReason()
            : cause.getMessage();
    return text == null ? cause.getClass().getSimpleName() : text;
  }
}
