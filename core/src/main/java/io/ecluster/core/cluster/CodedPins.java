package io.ecluster.core.cluster;

import io.ecluster.core.pin.Pin;
import io.ecluster.multiformats.Cid;
import java.util.List;

/** Port to those who can read manifests: which pins belong to a meta pin. */
@FunctionalInterface
public interface CodedPins {
  /**
   * The manifest and shard pins of a meta pin, manifest first; empty when its manifest cannot be
   * read.
   */
  List<Cid> partsOf(Pin meta);
}
