package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Pins of a Kubo daemon. */
final class KuboPins {
  /** How often Kubo tells of its progress; silence for much longer means that it hangs. */
  private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);

  private final KuboRpc rpc;
  private final KuboSettings settings;

  KuboPins(KuboRpc rpc, KuboSettings settings) {
    this.rpc = rpc;
    this.settings = settings;
  }

  void add(Cid cid, PinMode mode) {
    KuboCall call =
        rpc.call("pin/add")
            .arg(cid)
            .with("recursive", String.valueOf(mode == PinMode.RECURSIVE))
            .with("progress", "true")
            .within(settings.pinTimeout().plus(PROGRESS_INTERVAL));
    try (JsonLines lines = call.lines()) {
      watch(cid, lines);
    }
  }

  /** Kubo tells the number of nodes fetched again and again, also while it fetches none. */
  private void watch(Cid cid, JsonLines lines) {
    long fetched = -1;
    long since = System.nanoTime();
    boolean pinned = false;
    for (Optional<JsonNode> line = lines.next(); line.isPresent(); line = lines.next()) {
      pinned |= line.get().has("Pins");
      long now = line.get().path("Progress").asLong(0);
      if (now != fetched) {
        fetched = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > settings.pinTimeout().toNanos()) {
        throw new IpfsException(
            "pinning %s: nothing came in %s s, after %d of its nodes"
                .formatted(cid, settings.pinTimeout().toMillis() / 1000.0, fetched));
      }
    }
    if (!pinned) {
      throw new IpfsException("pinning " + cid + ": Kubo ended without saying that it is pinned");
    }
  }

  /** Kubo tells of no progress here: it may take as long as an unpin. */
  void update(Cid from, Cid to) {
    rpc.call("pin/update")
        .arg(from)
        .arg(to)
        .with("unpin", "false")
        .within(settings.unpinTimeout())
        .json();
  }

  void remove(Cid cid) {
    if (settings.unpinDisabled()) {
      throw new IpfsException("ipfs unpinning is disallowed by configuration on this peer");
    }
    try {
      rpc.call("pin/rm").arg(cid).within(settings.unpinTimeout()).json();
    } catch (KuboErrorException e) {
      if (!e.saysNotPinned()) {
        throw e;
      }
    }
  }

  Optional<PinMode> find(Cid cid) {
    for (PinMode mode : List.of(PinMode.RECURSIVE, PinMode.DIRECT)) {
      try {
        JsonNode found = rpc.call("pin/ls").arg(cid).with("type", typeOf(mode)).json();
        if (found.path("Keys").size() > 0) {
          return Optional.of(mode);
        }
      } catch (KuboErrorException e) {
        if (!e.saysNotPinned()) {
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  void list(Consumer<PinnedCid> each) {
    list(PinMode.RECURSIVE, each);
    list(PinMode.DIRECT, each);
  }

  private void list(PinMode mode, Consumer<PinnedCid> each) {
    KuboCall call = rpc.call("pin/ls").with("type", typeOf(mode)).with("stream", "true");
    try (JsonLines lines = call.lines()) {
      for (Optional<JsonNode> line = lines.next(); line.isPresent(); line = lines.next()) {
        String text = line.get().path("Cid").asString("");
        if (!text.isEmpty()) {
          each.accept(new PinnedCid(cid(text), mode));
        }
      }
    }
  }

  static Cid cid(String text) {
    try {
      return Cid.parse(text);
    } catch (FormatException e) {
      throw new IpfsException("Kubo named a CID that is none: " + e.getMessage(), e);
    }
  }

  private static String typeOf(PinMode mode) {
    return mode == PinMode.RECURSIVE ? "recursive" : "direct";
  }
}
