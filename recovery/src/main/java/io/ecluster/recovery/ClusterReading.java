package io.ecluster.recovery;

import io.ecluster.erasure.ErasureException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.recovery.GroupCache.Located;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Blocks by CID, whatever they belong to: those of the coding that was read from last, then what
 * the own node stores, then those of any coding that is known to have them, then what the IPFS
 * network has.
 */
final class ClusterReading implements Reading {
  private final OpenCodings codings;
  private final Function<Cid, List<BlockIndex.Place>> places;
  private final IpfsNode ipfs;
  private final Duration plainTimeout;
  private final CodedSource.Parts parts;

  /** Blocks of codings, however they were had. */
  private final BlockWindow wanted;

  /** Follows what is read; null while nothing coded was met, and always when many share this. */
  private volatile @Nullable CodedSource current;

  private final boolean follows;

  /**
   * @param first the coding to look into first, if it is known
   * @param follows whether this is for one reader, who is likely to go on in the coding he came to
   */
  ClusterReading(
      OpenCodings codings,
      Function<Cid, List<BlockIndex.Place>> places,
      IpfsNode ipfs,
      Duration plainTimeout,
      CodedSource.Parts parts,
      BlockWindow wanted,
      Optional<OpenCodings.Coding> first,
      boolean follows) {
    this.codings = codings;
    this.places = places;
    this.ipfs = ipfs;
    this.plainTimeout = plainTimeout;
    this.parts = parts;
    this.wanted = wanted;
    this.current = first.map(coding -> new CodedSource(coding, parts)).orElse(null);
    this.follows = follows;
  }

  @Override
  public byte[] get(Cid cid) {
    if (cid.hash().isIdentity()) {
      return cid.hash().digest();
    }
    Optional<CompletableFuture<byte[]>> started =
        fromCurrent(cid.hash()).or(() -> startIndexed(cid));
    return started.isPresent() ? localIfFailed(cid, started.get()) : plain(cid);
  }

  private byte[] plain(Cid cid) {
    return ipfs.getLocal(cid)
        .or(() -> ipfs.get(cid, plainTimeout))
        .orElseThrow(() ->
            new BlockNotFoundException(
                cid,
                "it is not erasure-coded here and nobody sent it within "
                    + plainTimeout.toSeconds()
                    + " s"));
  }

  /** A block of some coding; nothing if none is known to have it. */
  Optional<byte[]> coded(Cid cid) {
    return startIndexed(cid).map(SingleFlight::await);
  }

  private Optional<CompletableFuture<byte[]>> fromCurrent(Multihash hash) {
    CodedSource source = current;
    if (source == null) {
      return Optional.empty();
    }
    return source.find(hash).map(located -> start(source, located));
  }

  private CompletableFuture<byte[]> start(CodedSource source, Located located) {
    return wanted.start(CodedSource.blockAt(located).hash(), () -> source.read(located));
  }

  private Optional<CompletableFuture<byte[]>> startIndexed(Cid cid) {
    List<BlockIndex.Place> found = places.apply(cid);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(wanted.start(cid.hash(), () -> localOrCoded(cid, found)));
  }

  private byte[] localOrCoded(Cid cid, List<BlockIndex.Place> found) {
    return ipfs.getLocal(cid).orElseGet(() -> firstOf(found, cid));
  }

  /** From the first of some codings that can give it; the last failure if none can. */
  private byte[] firstOf(List<BlockIndex.Place> found, Cid cid) {
    for (BlockIndex.Place place : found.subList(0, found.size() - 1)) {
      try {
        return from(place, cid);
      } catch (BlockNotFoundException | ErasureException e) {
        // another coding may have more of it left
      }
    }
    return from(found.getLast(), cid);
  }

  private byte[] from(BlockIndex.Place place, Cid cid) {
    CodedSource source = new CodedSource(codings.open(place.manifest()), parts);
    Located located =
        source
            .find(cid.hash())
            .orElseThrow(() -> new BlockNotFoundException(cid, "its coding no longer has it"));
    if (follows) {
      current = source;
    }
    return source.read(located);
  }

  /** The block may be pinned here for another reason. */
  private byte[] localIfFailed(Cid cid, CompletableFuture<byte[]> started) {
    try {
      return SingleFlight.await(started);
    } catch (BlockNotFoundException | ErasureException e) {
      return ipfs.getLocal(cid).orElseThrow(() -> e);
    }
  }

  @Override
  public void expect(List<Cid> next) {
    for (Cid cid : next) {
      if (!cid.hash().isIdentity()) {
        var _ = fromCurrent(cid.hash()).or(() -> startIndexed(cid));
      }
    }
  }

  @Override
  public void close() {
    if (follows) {
      parts.links().close();
    }
  }
}
