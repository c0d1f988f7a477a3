package io.ecluster.service.state;

import io.ecluster.client.JsonObject;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells which pins of an export are coded by the erasure fork of the Go program. How it lays out
 * shards is not ours, so that such files have to be added again; its other pins are like all pins.
 *
 * <p>The fork writes the numbers of shards with every pin, we do with meta pins only. Its meta pins
 * are known by the cluster DAG that they refer to, which may come later in the export: look at all
 * pins before asking.
 */
final class ForkPins {
  private static final Pattern PARITY = Pattern.compile(".*-parity-shard-[0-9]+");

  private final Set<Cid> clusterDags = new HashSet<>();
  private final List<Pin> files = new ArrayList<>();

  void look(JsonObject json, Pin pin) {
    if (pin.type() == PinType.CLUSTER_DAG && isPart(json, pin)) {
      clusterDags.add(pin.cid());
    }
  }

  /** Whether a pin is to be left out; files are remembered. */
  boolean leavesOut(JsonObject json, Pin pin) {
    boolean file =
        pin.type() == PinType.META && pin.reference().filter(clusterDags::contains).isPresent();
    if (file) {
      files.add(pin);
    }
    return file || isPart(json, pin);
  }

  private static boolean isPart(JsonObject json, Pin pin) {
    boolean fork = json.has("data_shards") && pin.type() != PinType.META;
    return fork
        && (pin.options().dataShards() > 0 || PARITY.matcher(pin.options().name()).matches());
  }

  /** The files that have to be added again, of those asked about. */
  List<Pin> files() {
    return List.copyOf(files);
  }
}
