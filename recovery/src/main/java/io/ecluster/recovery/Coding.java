package io.ecluster.recovery;

import io.ecluster.core.pin.Pin;
import io.ecluster.erasure.Manifest;
import java.util.Arrays;

/** A coded pin with its manifest. */
record Coding(Pin meta, Manifest manifest) {
  private static final long PRIME = 31;

  GroupRef ref(int group) {
    long seed = PRIME * Arrays.hashCode(manifest.coding().toBytes()) + group;
    return new GroupRef(meta.cid(), meta.options().name(), group, manifest.groups().size(), seed);
  }
}
