package io.ecluster.recovery;

import io.ecluster.ipld.BlockSource;
import io.ecluster.ipld.Prefetcher;

/**
 * The blocks of something that is being read, wherever they are, and rebuilt if they are lost. For
 * one reader; close it.
 */
public interface Reading extends BlockSource, Prefetcher, AutoCloseable {
  @Override
  void close();
}
