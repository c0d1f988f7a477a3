package io.ecluster.ctl;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong with a file, in words. */
final class Failures {
  private Failures() {}

  static String text(IOException error) {
    return switch (error) {
      case NoSuchFileException e -> e.getFile() + ": no such file or directory";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileAlreadyExistsException e -> e.getFile() + ": exists already";
      case FileSystemException e -> String.valueOf(e.getMessage());
      default -> error.getMessage() == null ? error.toString() : error.getMessage();
    };
  }
}
