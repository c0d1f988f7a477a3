package io.ecluster.multiformats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Hashes many messages, sixteen of one length at once where there is a kernel for that, the others
 * one by one. A wrong hash would make data unfindable, and compilers have bugs: so of each sixteen
 * one is hashed the ordinary way too, and a kernel that is wrong once is never asked again.
 */
final class BatchSha256 {
  static final int LANES = 16;

  /** With fewer lanes in use, one by one is as fast. */
  private static final int MIN_LANES = 11;

  /** Shorter messages are mostly padding and transport. */
  private static final int MIN_BYTES = 1024;

  private static final HashFunction ORDINARY = HashFunction.SHA2_256;

  static final BatchSha256 SHARED = new BatchSha256(KernelRace::winner);

  /** Hashes exactly {@value #LANES} messages of which the first {@code length} bytes count. */
  interface Kernel {
    byte[][] hash(byte[][] messages, int length);
  }

  private final Supplier<Optional<Kernel>> kernels;
  private final AtomicInteger laneToCheck = new AtomicInteger();
  private volatile boolean distrusted;

  /** Over what gives the kernel to use at the moment. */
  BatchSha256(Supplier<Optional<Kernel>> kernels) {
    this.kernels = kernels;
  }

  /** The hashes of all messages, in their order. */
  List<Multihash> hash(List<byte[]> messages) {
    Multihash[] hashes = new Multihash[messages.size()];
    for (List<Integer> positions : byLength(messages)) {
      for (int from = 0; from < positions.size(); from += LANES) {
        List<Integer> some = positions.subList(from, Math.min(from + LANES, positions.size()));
        hashEqual(messages, some, hashes);
      }
    }
    return List.of(hashes);
  }

  private static Collection<List<Integer>> byLength(List<byte[]> messages) {
    Map<Integer, List<Integer>> positions = new HashMap<>();
    for (int i = 0; i < messages.size(); i++) {
      positions.computeIfAbsent(messages.get(i).length, _ -> new ArrayList<>()).add(i);
    }
    return positions.values();
  }

  private void hashEqual(List<byte[]> messages, List<Integer> positions, Multihash[] hashes) {
    byte[] first = messages.get(positions.getFirst());
    Optional<Kernel> kernel =
        positions.size() < MIN_LANES || first.length < MIN_BYTES || distrusted
            ? Optional.empty()
            : kernels.get();
    if (kernel.isEmpty() || !hashInLanes(kernel.get(), messages, positions, hashes)) {
      positions.forEach(at -> hashes[at] = ORDINARY.hash(messages.get(at)));
    }
  }

  /** Whether the kernel could be trusted. */
  private boolean hashInLanes(
      Kernel kernel, List<byte[]> messages, List<Integer> positions, Multihash[] hashes) {
    byte[][] lanes = new byte[LANES][];
    Arrays.setAll(lanes, i -> messages.get(positions.get(Math.min(i, positions.size() - 1))));
    byte[][] digests = kernel.hash(lanes, lanes[0].length);
    int checked = Math.floorMod(laneToCheck.getAndIncrement(), LANES);
    if (!Arrays.equals(ORDINARY.hash(lanes[checked]).digest(), digests[checked])) {
      distrusted = true;
      return false;
    }
    for (int i = 0; i < positions.size(); i++) {
      hashes[positions.get(i)] = Multihash.of(ORDINARY.code(), digests[i]);
    }
    return true;
  }
}
