package io.ecluster.service.gateway;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockSink;
import io.ecluster.ipld.BlockSource;
import io.ecluster.ipld.CarWriter;
import io.ecluster.ipld.DagWalker;
import io.ecluster.ipld.UnixFsDirectory;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.recovery.Reading;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the blocks by which a client can check a path and what is at its end: first those that the
 * path leads through, then those asked for, each once.
 */
final class CarExport {
  private final Reading reading;
  private final OutputStream out;
  private final Set<Cid> written = new HashSet<>();

  CarExport(Reading reading, OutputStream out) {
    this.reading = reading;
    this.out = out;
  }

  void write(Target target, CarRequest request) throws IOException {
    CarWriter car = new CarWriter(out, List.of(target.cid()));
    BlockSink sink = block -> put(car, block);
    BlockSource told = cid -> told(sink, cid);
    target.path().resolve(told);
    switch (request.scope()) {
      case BLOCK -> told.read(target.cid());
      case ENTITY -> writeEntity(target.cid(), request, sink, told);
      case ALL -> new DagWalker(reading, reading).forEachBlock(target.cid(), sink);
    }
  }

  private void writeEntity(Cid cid, CarRequest request, BlockSink sink, BlockSource told) {
    if (cid.codec() != Multicodec.DAG_PB) {
      told.read(cid);
      return;
    }
    switch (UnixFsNode.open(cid, told)) {
      case UnixFsFile file when request.bytes().isPresent() -> {
        CarRequest.Bytes bytes = request.bytes().get();
        file.forEachBlock(bytes.from(file.size()), bytes.to(file.size()), sink);
      }
      case UnixFsFile _ -> new DagWalker(reading, reading).forEachBlock(cid, sink);
      case UnixFsDirectory folder -> folder.forEach(_ -> {}); // its shards are read, and so told
      default -> {}
    }
  }

  /** Reads a block and writes it. */
  private byte[] told(BlockSink sink, Cid cid) {
    byte[] data = reading.read(cid);
    sink.put(new Block(cid, data));
    return data;
  }

  /** A CID that carries its bytes needs no block. */
  private void put(CarWriter car, Block block) {
    if (!block.cid().hash().isIdentity() && written.add(block.cid())) {
      car.put(block);
    }
  }
}
