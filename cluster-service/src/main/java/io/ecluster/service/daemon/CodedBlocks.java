package io.ecluster.service.daemon;

import io.ecluster.core.state.DatastoreException;
import io.ecluster.recovery.ClusterBlocks;
import io.ecluster.recovery.CodedIndex;
import io.ecluster.recovery.CodedIndexer;
import io.ecluster.recovery.CodedReader;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;

/** Puts together what finds blocks of coded pins by their CIDs. */
final class CodedBlocks {
  private static final String FOLDER = "coded-index";

  private CodedBlocks() {}

  static ClusterBlocks start(
      Foundation base,
      CodedReader.Parts parts,
      Folder folder,
      Settings.Erasure settings,
      LateOffers offers,
      Closers closers) {
    try {
      CodedIndex index =
          closers.add(
              CodedIndex.open(
                  folder.resolve(FOLDER), parts.state(), CodedIndex.STANDARD_MAX_ENTRIES));
      ClusterBlocks blocks =
          closers.add(new ClusterBlocks(parts, index, settings.rebuiltCacheBytes()));
      closers.add(
          CodedIndexer.start(
              index,
              blocks,
              base.codedPins,
              offers::more,
              Thread::sleep,
              CodedIndexer.Pace.STANDARD));
      return blocks;
    } catch (DatastoreException e) {
      throw new ConfigException("the index of coded blocks cannot be opened: " + e.getMessage(), e);
    }
  }
}
