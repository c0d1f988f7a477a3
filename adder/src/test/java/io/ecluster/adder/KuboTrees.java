package io.ecluster.adder;

import io.ecluster.multiformats.HashFunction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the adds of {@link KuboMatrix} add. A number is a file of so many bytes; a word is a folder.
 */
final class KuboTrees {
  static final List<String> SMALL =
      List.of("tree", "hidden", "deep", "empty", "empties", "names", "links");

  /** At Kubo's threshold, above it, far above it, and inside another folder. */
  static final List<String> WIDE = List.of("atlimit", "overlimit", "wide", "unicode", "nested");

  /** Kubo shards a folder when names and CIDs together take more bytes than this. */
  private static final int THRESHOLD_BYTES = 256 * 1024;

  private static final int LIMIT_ENTRIES = 2048;
  private static final int MAX_BYTES = 3_000_000;
  private static final byte[] DATA = counted();

  private KuboTrees() {}

  /** SHA-256 of 0, of 1, and so on, each a counter in 8 bytes, most significant first. */
  private static byte[] counted() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long i = 0; out.size() < MAX_BYTES; i++) {
      byte[] counter = ByteBuffer.allocate(Long.BYTES).putLong(i).array();
      out.writeBytes(HashFunction.SHA2_256.hash(counter).digest());
    }
    return out.toByteArray();
  }

  static byte[] data(int length) {
    return Arrays.copyOf(DATA, length);
  }

  static List<AddEntry> entries(String subject) {
    if (Character.isDigit(subject.charAt(0))) {
      return List.of(file(subject, Integer.parseInt(subject)));
    }
    List<AddEntry> entries = new ArrayList<>(List.of(new AddEntry.Directory(subject)));
    switch (subject) {
      case "tree" -> tree(entries);
      case "hidden" -> hidden(entries);
      case "deep" -> deep(entries);
      case "empty" -> {}
      case "empties" -> empties(entries);
      case "names" -> names(entries);
      case "links" -> links(entries);
      case "atlimit" -> limit(entries, 0);
      case "overlimit" -> limit(entries, 1);
      case "wide" -> wide(entries, "wide");
      case "unicode" -> unicode(entries);
      case "nested" -> nested(entries);
      default -> throw new IllegalArgumentException("no such tree: " + subject);
    }
    return entries;
  }

  private static AddEntry file(String path, int length) {
    return new AddEntry.File(path, new ByteArrayInputStream(DATA, 0, length));
  }

  private static void tree(List<AddEntry> to) {
    to.add(new AddEntry.Directory("tree/a"));
    to.add(file("tree/a/one", 1));
    to.add(file("tree/a/many", 600_000));
    to.add(file("tree/b", 0));
    to.add(new AddEntry.Directory("tree/c"));
    to.add(new AddEntry.Directory("tree/c/d"));
    to.add(file("tree/c/d/x", 262_145));
    to.add(new AddEntry.Symlink("tree/link", "a/one"));
  }

  private static void hidden(List<AddEntry> to) {
    to.add(new AddEntry.Directory("hidden/.folder"));
    to.add(file("hidden/.folder/.x", 10));
    to.add(file("hidden/.profile", 20));
    to.add(file("hidden/seen", 30));
  }

  private static void deep(List<AddEntry> to) {
    StringBuilder path = new StringBuilder("deep");
    for (int level = 0; level < 60; level++) {
      to.add(new AddEntry.Directory(path.append("/level").append(level).toString()));
    }
    to.add(file(path + "/bottom", 1000));
  }

  private static void empties(List<AddEntry> to) {
    to.add(new AddEntry.Directory("empties/a"));
    to.add(new AddEntry.Directory("empties/a/b"));
    to.add(new AddEntry.Directory("empties/c"));
    to.add(file("empties/d", 0));
  }

  private static void names(List<AddEntry> to) {
    List<String> names =
        List.of(
            "sp ace",
            "per%cent",
            "per%41",
            "pl+us",
            "é",
            "e\u0301",
            "日本",
            "😀",
            "a&b=c",
            "?",
            "#",
            "it's",
            "\"quoted\"",
            "semi;colon",
            "back\\slash",
            "..a",
            "a..",
            "...",
            "~",
            "-r",
            "A",
            "a",
            "x.tar.gz",
            "n".repeat(255));
    names.stream().sorted().forEach(name -> to.add(file("names/" + name, name.length())));
  }

  private static void links(List<AddEntry> to) {
    to.add(new AddEntry.Symlink("links/absolute", "/etc/passwd"));
    to.add(new AddEntry.Symlink("links/dangling", "nowhere at all"));
    to.add(new AddEntry.Symlink("links/long", "d/".repeat(500)));
    to.add(new AddEntry.Symlink("links/up", "../../日本"));
  }

  /** CIDs of version 0 take 34 bytes, those of version 1 take 36: here names make 36 of them. */
  private static void limit(List<AddEntry> to, int more) {
    String folder = more == 0 ? "atlimit" : "overlimit";
    int nameBytes = THRESHOLD_BYTES / LIMIT_ENTRIES - 36;
    for (int i = 0; i < LIMIT_ENTRIES; i++) {
      String name = "%05d".formatted(i) + "x".repeat(nameBytes - 5 + (i == 0 ? more : 0));
      to.add(file(folder + "/" + name, i % 50));
    }
  }

  private static void wide(List<AddEntry> to, String folder) {
    for (int i = 0; i < 6000; i++) {
      to.add(file(folder + "/entry-with-a-name-that-is-rather-long-%05d".formatted(i), i % 50));
    }
  }

  private static void unicode(List<AddEntry> to) {
    for (int i = 0; i < 4000; i++) {
      to.add(file("unicode/ファイル名 é😀 %05d".formatted(i), i % 50));
    }
  }

  private static void nested(List<AddEntry> to) {
    to.add(file("nested/before", 5));
    to.add(new AddEntry.Directory("nested/large"));
    wide(to, "nested/large");
    to.add(file("nested/then", 6));
  }
}
