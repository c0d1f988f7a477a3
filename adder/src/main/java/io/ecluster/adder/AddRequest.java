package io.ecluster.adder;

import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipld.ImportOptions;
import java.util.Optional;

/**
 * How entries are to be added.
 *
 * @param format what the entries are
 * @param pin options of the pin of the root
 * @param wrap whether the entries are put into a folder that becomes the root
 * @param local whether blocks stay on this peer
 * @param pinIt whether the root is pinned; an erasure-coded root always is
 * @param progress whether bytes read are told while a file is read
 * @param coding erasure coding instead of copies
 */
public record AddRequest(
    Format format,
    ImportOptions dag,
    PinOptions pin,
    boolean wrap,
    boolean local,
    boolean pinIt,
    boolean progress,
    Optional<Coding> coding) {
  /** What is uploaded. */
  public enum Format {
    /** Files and folders, of which a DAG is made. */
    UNIXFS,
    /** One CAR, whose blocks are taken as they are. */
    CAR
  }

  /** A request to add files and folders. */
  public AddRequest(
      ImportOptions dag,
      PinOptions pin,
      boolean wrap,
      boolean local,
      boolean pinIt,
      boolean progress,
      Optional<Coding> coding) {
    this(Format.UNIXFS, dag, pin, wrap, local, pinIt, progress, coding);
  }

  /** The same with another DAG made of it. */
  public AddRequest withDag(ImportOptions other) {
    return new AddRequest(format, other, pin, wrap, local, pinIt, progress, coding);
  }

  /** The same for entries of another format. */
  public AddRequest withFormat(Format other) {
    return new AddRequest(other, dag, pin, wrap, local, pinIt, progress, coding);
  }

  /**
   * The parameters of erasure coding.
   *
   * @param shardSize bytes at which a column is full
   * @param allowSharedPeers whether a peer may get several shards of a group
   */
  public record Coding(
      int dataShards, int parityShards, long shardSize, boolean allowSharedPeers) {}
}
