package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes values in their canonical form, one after the other. */
final class CborWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] toBytes() {
    return out.toByteArray();
  }

  void write(Cbor value, int depth) {
    DagCbor.requireDepth(depth);
    switch (value) {
      case Cbor.Int(long number) -> writeInt(number);
      case Cbor.BigInt(BigInteger number) -> writeBig(number);
      case Cbor.Bytes(byte[] bytes) -> writeSized(DagCbor.BYTES, bytes);
      case Cbor.Text(String text) -> writeSized(DagCbor.TEXT, Utf8.encode(text));
      case Cbor.Array(List<Cbor> items) -> writeArray(items, depth);
      case Cbor.Dict dict -> writeDict(dict, depth);
      case Cbor.Link(Cid cid) -> writeLink(cid);
      case Cbor.Bool(boolean yes) -> out.write(yes ? DagCbor.TRUE : DagCbor.FALSE);
      case Cbor.Float64(double number) -> writeFloat(number);
      case Cbor.Null _ -> out.write(DagCbor.NULL);
    }
  }

  private void writeInt(long number) {
    writeHead(number < 0 ? DagCbor.NEGATIVE : DagCbor.UNSIGNED, number < 0 ? ~number : number);
  }

  private void writeBig(BigInteger number) {
    boolean negative = number.signum() < 0;
    long argument = (negative ? number.not() : number).longValue();
    writeHead(negative ? DagCbor.NEGATIVE : DagCbor.UNSIGNED, argument);
  }

  private void writeSized(int major, byte[] bytes) {
    writeHead(major, bytes.length);
    out.writeBytes(bytes);
  }

  private void writeArray(List<Cbor> items, int depth) {
    writeHead(DagCbor.ARRAY, items.size());
    for (Cbor item : items) {
      write(item, depth + 1);
    }
  }

  private void writeDict(Cbor.Dict dict, int depth) {
    writeHead(DagCbor.MAP, dict.entries().size());
    dict.entries()
        .forEach((key, item) -> {
          writeSized(DagCbor.TEXT, Utf8.encode(key));
          write(item, depth + 1);
        });
  }

  /** A link is tagged bytes: a zero, which once was the identity multibase, then the CID. */
  private void writeLink(Cid cid) {
    byte[] bytes = cid.toBytes();
    writeHead(DagCbor.TAG, DagCbor.LINK_TAG);
    writeHead(DagCbor.BYTES, bytes.length + 1L);
    out.write(0);
    out.writeBytes(bytes);
  }

  private void writeFloat(double number) {
    out.write(DagCbor.FLOAT64);
    out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
  }

  /** The initial byte and the argument, an unsigned long, in as few bytes as it takes. */
  private void writeHead(int major, long argument) {
    int first = major << 5;
    if (argument >= 0 && argument < 24) {
      out.write(first | (int) argument);
    } else {
      int bytes = argumentBytes(argument);
      out.write(first | 24 + Integer.numberOfTrailingZeros(bytes));
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write((int) (argument >>> shift));
      }
    }
  }

  private static int argumentBytes(long argument) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(argument);
    return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  }
}
