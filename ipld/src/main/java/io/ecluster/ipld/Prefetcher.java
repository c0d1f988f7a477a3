package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.util.List;

/**
 * Is told which blocks will be read soon, in that order, so that a network source can fetch them
 * ahead. A hint: a CID may be named twice, or never be asked for when the reader stops early.
 */
@FunctionalInterface
public interface Prefetcher {
  /** Does nothing, as suits a local store. */
  Prefetcher NONE = next -> {};

  /** Must not block. */
  void expect(List<Cid> next);
}
