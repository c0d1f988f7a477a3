package io.ecluster.service.observe;

import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.PeerId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts coded groups by their margin, from shard pins alone: how many more shards may be lost if
 * each live holder has its own. No manifest is read and no peer asked.
 *
 * <p>A group with p parity shards has one parity pin of each number below p, so that the groups
 * with p = k are as many as the pins of number k−1, less those of number k. All but damaged groups
 * are counted so, without remembering any. Of groups with shards on lost peers the margin is p less
 * their number: columns without a pin are empty and cannot be lost. For these p is found by a
 * second look at their parity pins; call {@link #first} for all pins, then {@link #second}.
 */
final class GroupCensus {
  /** Damaged groups that are told apart; what is beyond counts as whole, and is many anyway. */
  static final int MAX_DAMAGED = 1_000_000;

  private static final Pattern NAME =
      Pattern.compile("-(?<parity>parity-)?shard-(?<group>\\d{1,9})-(?<number>\\d{1,3})$");

  private final Set<PeerId> live;
  private final SortedMap<Integer, Long> parityPins = new TreeMap<>();
  private final Map<Group, Integer> lost = new HashMap<>();
  private final Map<Group, Integer> parity = new HashMap<>();

  /**
   * @param live peers that are there
   */
  GroupCensus(Set<PeerId> live) {
    this.live = Set.copyOf(live);
  }

  private record Group(String coding, int number) {}

  /** One shard, by its pin. */
  private record Shard(Group group, boolean isParity, int number) {}

  void first(Pin pin) {
    Shard shard = shard(pin);
    if (shard == null) {
      return;
    }
    if (shard.isParity()) {
      parityPins.merge(shard.number(), 1L, Long::sum);
    }
    boolean isLost = pin.allocations().stream().noneMatch(live::contains);
    if (isLost && (lost.size() < MAX_DAMAGED || lost.containsKey(shard.group()))) {
      lost.merge(shard.group(), 1, Integer::sum);
    }
  }

  /** Whether pins must be looked at once more. */
  boolean needsSecond() {
    return !lost.isEmpty();
  }

  void second(Pin pin) {
    Shard shard = shard(pin);
    if (shard != null && shard.isParity() && lost.containsKey(shard.group())) {
      parity.merge(shard.group(), shard.number() + 1, Math::max);
    }
  }

  private static @org.jspecify.annotations.Nullable Shard shard(Pin pin) {
    String coding = pin.options().metadata().get(CodedPinFactory.CODING_ID);
    if (pin.type() != PinType.SHARD || coding == null) {
      return null;
    }
    Matcher name = NAME.matcher(pin.options().name());
    if (!name.find()) {
      return null;
    }
    Group group = new Group(coding, Integer.parseInt(name.group("group")));
    return new Shard(group, name.group("parity") != null, Integer.parseInt(name.group("number")));
  }

  /** How many groups there are of each margin; below zero they cannot be decoded now. */
  SortedMap<Integer, Long> byMargin() {
    SortedMap<Integer, Long> margins = new TreeMap<>();
    parityPins.forEach((number, count) -> {
      long more = parityPins.getOrDefault(number + 1, 0L);
      margins.merge(number + 1, count - more, Long::sum);
    });
    lost.forEach((group, shards) -> {
      int whole = parity.getOrDefault(group, 0);
      margins.merge(whole, -1L, Long::sum);
      margins.merge(whole - shards, 1L, Long::sum);
    });
    margins.values().removeIf(count -> count <= 0);
    return margins;
  }
}
