package io.ecluster.erasure;

import io.ecluster.multiformats.FormatException;

/** Checks that nodes of a manifest share. */
final class ManifestRules {
  private ManifestRules() {}

  static void requireCode(int dataShards, int parityShards) {
    try {
      ErasureCodes.requireValid(dataShards, parityShards);
    } catch (InvalidParametersException e) {
      throw new FormatException("unusable parameters: " + e.getMessage(), e);
    }
  }
}
