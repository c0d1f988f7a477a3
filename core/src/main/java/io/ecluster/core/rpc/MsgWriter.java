package io.ecluster.core.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Writes the msgpack dialect of the Go peers, byte for byte: text and bytes alike are the raw
 * family of old msgpack (never str8 or bin), signed integers above 127 use the signed forms, times
 * are raw strings of 4, 8 or 12 bytes. Not buffered: give it a buffered stream.
 */
public final class MsgWriter {
  /** What Go takes for "no time": it is written as nil. */
  public static final Instant NO_TIME = Instant.parse("0001-01-01T00:00:00Z");

  private static final int MAX_FIX_RAW = 31;
  private static final int MAX_FIX_ITEMS = 15;
  private static final int MAX_U16 = 0xffff;
  private static final long SECONDS_LIMIT = 1L << 34;

  private final OutputStream out;

  public MsgWriter(OutputStream out) {
    this.out = out;
  }

  public void nil() throws IOException {
    out.write(0xc0);
  }

  public void bool(boolean value) throws IOException {
    out.write(value ? 0xc3 : 0xc2);
  }

  /** A Go int: everything above 127 is written in the signed forms. */
  public void signed(long value) throws IOException {
    if (value >= -32 && value <= 127) {
      out.write((int) value);
    } else if (value == (byte) value) {
      number(0xd0, value, 1);
    } else if (value == (short) value) {
      number(0xd1, value, 2);
    } else if (value == (int) value) {
      number(0xd2, value, 4);
    } else {
      number(0xd3, value, 8);
    }
  }

  /** A Go uint64; a negative {@code value} stands for the number above 2^63 with the same bits. */
  public void unsigned(long value) throws IOException {
    if (value >= 0 && value <= 127) {
      out.write((int) value);
    } else if (value >>> 8 == 0) {
      number(0xcc, value, 1);
    } else if (value >>> 16 == 0) {
      number(0xcd, value, 2);
    } else if (value >>> 32 == 0) {
      number(0xce, value, 4);
    } else {
      number(0xcf, value, 8);
    }
  }

  public void float64(double value) throws IOException {
    number(0xcb, Double.doubleToLongBits(value), 8);
  }

  public void string(String value) throws IOException {
    raw(value.getBytes(StandardCharsets.UTF_8));
  }

  public void raw(byte[] value) throws IOException {
    rawHeader(value.length);
    out.write(value);
  }

  /** A time to the nanosecond; {@link #NO_TIME} is nil. */
  public void time(Instant value) throws IOException {
    long seconds = value.getEpochSecond();
    long nanos = value.getNano();
    if (value.equals(NO_TIME)) {
      nil();
    } else if (seconds < 0 || seconds >= SECONDS_LIMIT) {
      rawHeader(12);
      bigEndian(nanos, 4);
      bigEndian(seconds, 8);
    } else if (nanos == 0 && seconds >>> 32 == 0) {
      rawHeader(4);
      bigEndian(seconds, 4);
    } else {
      rawHeader(8);
      bigEndian(nanos << 34 | seconds, 8);
    }
  }

  /** Announces {@code size} values. */
  public void array(int size) throws IOException {
    items(size, 0x90, 0xdc);
  }

  /** Announces {@code size} pairs of key and value. */
  public void map(int size) throws IOException {
    items(size, 0x80, 0xde);
  }

  private void rawHeader(int length) throws IOException {
    if (length <= MAX_FIX_RAW) {
      out.write(0xa0 | length);
    } else if (length <= MAX_U16) {
      number(0xda, length, 2);
    } else {
      number(0xdb, length, 4);
    }
  }

  private void items(int size, int fix, int wide) throws IOException {
    if (size <= MAX_FIX_ITEMS) {
      out.write(fix | size);
    } else if (size <= MAX_U16) {
      number(wide, size, 2);
    } else {
      number(wide + 1, size, 4);
    }
  }

  private void number(int head, long value, int bytes) throws IOException {
    out.write(head);
    bigEndian(value, bytes);
  }

  private void bigEndian(long value, int bytes) throws IOException {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
  }
}
