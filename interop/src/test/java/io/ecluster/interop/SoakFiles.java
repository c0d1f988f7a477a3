package io.ecluster.interop;

import io.ecluster.client.ApiException;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Coded files that come, are read, and go. */
final class SoakFiles {
  private static final String QUERY = "erasure=true&data-shards=2&parity-shards=1&name=coded";
  private static final int MAX_BYTES = 3_000_000;
  private static final int KEPT = 3;

  private final List<OurMember> peers;
  private final Random random;
  private final Deque<File> files = new ArrayDeque<>();
  private int added;
  private int refused;

  private record File(String root, long seed, int size) {
    byte[] bytes() {
      return Coded.bytes(seed, size);
    }
  }

  /**
   * @param peers who can code
   */
  SoakFiles(List<OurMember> peers, Random random) {
    this.peers = List.copyOf(peers);
    this.random = random;
  }

  private OurMember any() {
    return peers.get(random.nextInt(peers.size()));
  }

  /** Adds one, reads one, and removes the oldest if there are many. */
  void turn() {
    add();
    if (!files.isEmpty()) {
      read(files.stream().skip(random.nextInt(files.size())).findFirst().orElseThrow());
    }
    if (files.size() > KEPT) {
      any().unpin(files.remove().root());
    }
  }

  private void add() {
    File file = new File("", random.nextLong(), 1 + random.nextInt(MAX_BYTES));
    try {
      String root = Coded.root(PeerProcesses.add(any().peer(), QUERY, file.bytes()));
      files.add(new File(root, file.seed(), file.size()));
      added++;
    } catch (ApiException e) {
      System.out.println("a coded add was refused: " + e.getMessage());
      refused++;
    }
  }

  private void read(File file) {
    OurMember peer = any();
    try {
      if (!Arrays.equals(PeerProcesses.read(peer.peer(), file.root()), file.bytes())) {
        throw new AssertionError(peer.name() + " gives other bytes of " + file.root());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(peer.name() + " does not give " + file.root(), e);
    }
  }

  void removeAll() {
    files.forEach(file -> any().unpin(file.root()));
    files.clear();
  }

  int added() {
    return added;
  }

  int refused() {
    return refused;
  }
}
