package io.ecluster.core.consensus;

import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The set as the specification defines it, from all its deltas at once and without any store. */
final class CrdtModel {
  private record Instance(String pin, String block, long priority, byte[] value) {}

  private static final Comparator<Instance> BETTER =
      Comparator.comparingLong(Instance::priority)
          .thenComparing(Instance::value, Arrays::compareUnsigned);

  private CrdtModel() {}

  /** The names of the pins that the blocks amount to. */
  static Map<Cid, String> names(Collection<byte[]> blocks) {
    List<DeltaBlock> deltas = blocks.stream().map(CrdtModel::decode).toList();
    Set<Delta.Tombstone> gone = new HashSet<>();
    deltas.forEach(block -> gone.addAll(block.delta().tombstones()));
    Map<String, Instance> best = new TreeMap<>();
    for (DeltaBlock block : deltas) {
      for (Delta.Element element : block.delta().elements()) {
        if (!gone.contains(new Delta.Tombstone(element.pin(), block.name()))) {
          Instance instance =
              new Instance(element.pin(), block.name(), block.delta().priority(), element.value());
          best.merge(element.pin(), instance, (a, b) -> BETTER.compare(a, b) >= 0 ? a : b);
        }
      }
    }
    Map<Cid, String> names = new TreeMap<>();
    best.forEach((name, instance) -> {
      Cid cid = CrdtKeys.pinOf(name).orElseThrow();
      names.put(cid, PinProtobuf.decode(cid, instance.value()).options().name());
    });
    return names;
  }

  private static DeltaBlock decode(byte[] bytes) {
    return DeltaBlock.decode(CrdtKeys.blockCid(HashFunction.SHA2_256.hash(bytes)), bytes);
  }
}
