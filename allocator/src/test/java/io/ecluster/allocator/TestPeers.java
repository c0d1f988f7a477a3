package io.ecluster.allocator;

import io.ecluster.multiformats.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** Peers by number. */
final class TestPeers {
  private TestPeers() {}

  static PeerId peer(int number) {
    return PeerId.ofPublicKey(("peer " + number).getBytes(StandardCharsets.UTF_8));
  }

  /** So many equal candidates without failure domains. */
  static List<Candidate> equals(int count, long freeBytes) {
    return IntStream.range(0, count).mapToObj(i -> candidate(i, freeBytes)).toList();
  }

  static Candidate candidate(int number, long freeBytes, String... domains) {
    return new Candidate(peer(number), freeBytes, 0, List.of(domains));
  }
}
