package io.ecluster.core.consensus;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Blocks of deltas, and messages about them, as a malfunctioning or hostile peer makes them. */
public final class HostileDeltas {
  private HostileDeltas() {}

  /** What announces a block. */
  public static byte[] heads(Block... blocks) {
    return HeadsMessage.encode(List.of(blocks).stream().map(Block::cid).toList());
  }

  /** A delta as it should be. */
  public static Block pinning(Pin pin) {
    Delta.Element element = new Delta.Element(CrdtKeys.pinName(pin.cid()), PinProtobuf.encode(pin));
    return block(new Delta(List.of(element), List.of(), 1), List.of());
  }

  /** Bytes that are no block of a DAG, by the name of one. */
  public static Block garbage(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Block(cidOf(bytes), bytes);
  }

  /** Names outside of the pinset, values that are no pins, tombstones of what cannot be: seven. */
  public static Block nonsense(Cid pin) {
    String name = CrdtKeys.pinName(pin);
    Delta delta =
        new Delta(
            List.of(
                new Delta.Element("", new byte[] {1}),
                new Delta.Element("../../h/X", new byte[] {1}),
                new Delta.Element("A".repeat(100_000), new byte[] {1}),
                new Delta.Element("lower", new byte[] {1}),
                new Delta.Element(name, new byte[] {1})),
            List.of(new Delta.Tombstone(name, "../x"), new Delta.Tombstone("", "")),
            7);
    return block(delta, List.of());
  }

  /** A delta on top of so many blocks that nobody has. */
  public static Block onTopOfNothing(int links) {
    List<Cid> below =
        IntStream.range(0, links)
            .mapToObj(i -> cidOf(("nothing " + i).getBytes(StandardCharsets.UTF_8)))
            .toList();
    return block(new Delta(List.of(), List.of(), links), below);
  }

  /** A delta that says it is higher than any other can be. */
  public static Block highest() {
    return block(new Delta(List.of(), List.of(), -1L), List.of());
  }

  /** A delta that takes about so many bytes. */
  public static Block large(Cid pin, int bytes) {
    Delta.Element part = new Delta.Element(CrdtKeys.pinName(pin), new byte[bytes / 8]);
    return block(new Delta(Collections.nCopies(8, part), List.of(), 1), List.of());
  }

  private static Block block(Delta delta, List<Cid> links) {
    DeltaBlock made = DeltaBlock.of(links, delta);
    return new Block(made.cid(), made.bytes());
  }

  private static Cid cidOf(byte[] bytes) {
    return CrdtKeys.blockCid(HashFunction.SHA2_256.hash(bytes));
  }
}
