package io.ecluster.bench;

import io.ecluster.erasure.ErasureCode;
import io.ecluster.erasure.ErasureCodes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The design of Backblaze JavaReedSolomon, coded anew as the mark to beat: byte arrays on the heap,
 * a 64 KiB table of products, and for each input and output a loop over the bytes.
 */
final class BackblazeCoder implements Coder {
  private static final int ORDER = 256;
  private static final byte[][] PRODUCTS = products();

  private byte[][] inputs = {};
  private byte[][] outputs = {};
  private int[][] coefficients = {};
  private long bytes;

  @Override
  public String name() {
    return "Backblaze design";
  }

  @Override
  public void prepare(Lap lap) {
    bytes = lap.dataBytes();
    coefficients = coefficients(lap);
    byte[][] data = new byte[lap.dataShards()][lap.bytes()];
    for (int shard = 0; shard < data.length; shard++) {
      for (int at = 0; at < lap.bytes(); at++) {
        data[shard][at] = Lap.dataByte(shard, at);
      }
    }
    byte[][] parity = new byte[lap.parityShards()][lap.bytes()];
    multiply(new ErasureMatrix(lap).parityRows(), data, parity);
    inputs =
        lap.lost() == 0
            ? data
            : Stream.concat(Stream.of(data), Stream.of(parity))
                .skip(lap.lost())
                .limit(lap.dataShards())
                .toArray(byte[][]::new);
    outputs = new byte[coefficients.length][lap.bytes()];
  }

  @Override
  public double run(int millis) {
    return Stopwatch.gigabytesPerSecond(
        () -> multiply(coefficients, inputs, outputs), bytes, millis);
  }

  @Override
  public long checksum() {
    CRC32 crc = new CRC32();
    Stream.of(outputs).forEach(crc::update);
    return crc.getValue();
  }

  private static void multiply(int[][] coefficients, byte[][] inputs, byte[][] outputs) {
    for (int in = 0; in < inputs.length; in++) {
      for (int out = 0; out < outputs.length; out++) {
        byte[] row = PRODUCTS[coefficients[out][in]];
        if (in == 0) {
          set(row, inputs[in], outputs[out]);
        } else {
          add(row, inputs[in], outputs[out]);
        }
      }
    }
  }

  private static void set(byte[] row, byte[] input, byte[] output) {
    for (int i = 0; i < input.length; i++) {
      output[i] = row[input[i] & 0xFF];
    }
  }

  private static void add(byte[] row, byte[] input, byte[] output) {
    for (int i = 0; i < input.length; i++) {
      output[i] ^= row[input[i] & 0xFF];
    }
  }

  private static int[][] coefficients(Lap lap) {
    ErasureMatrix matrix = new ErasureMatrix(lap);
    return lap.lost() == 0 ? matrix.parityRows() : matrix.decodeRows();
  }

  private static byte[][] products() {
    byte[][] products = new byte[ORDER][ORDER];
    for (int a = 0; a < ORDER; a++) {
      for (int b = 0; b < ORDER; b++) {
        products[a][b] = (byte) product(a, b);
      }
    }
    return products;
  }

  private static int product(int a, int b) {
    int sum = 0;
    int doubled = a;
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      sum ^= (b >> bit & 1) * doubled;
      doubled = doubled << 1 ^ (doubled >> 7) * 0x11D;
    }
    return sum;
  }

  /** Finds the coefficients by coding unit vectors with our own codec. */
  private record ErasureMatrix(Lap lap) {
    int[][] parityRows() {
      return columns(
          lap.parityShards(),
          shards -> {
            List<MemorySegment> parity = blanks(lap.parityShards());
            code().encode(shards, parity);
            return parity;
          });
    }

    int[][] decodeRows() {
      return columns(lap.lost(), this::decode);
    }

    private List<MemorySegment> decode(List<MemorySegment> inputs) {
      int total = lap.dataShards() + lap.parityShards();
      BitSet wanted = new BitSet();
      wanted.set(0, lap.lost());
      BitSet present = new BitSet();
      present.set(lap.lost(), lap.lost() + lap.dataShards());
      List<MemorySegment> shards =
          Stream.of(blanks(lap.lost()), inputs, blanks(total))
              .flatMap(List::stream)
              .limit(total)
              .toList();
      code().reconstruct(shards, present, wanted);
      return shards.subList(0, lap.lost());
    }

    private ErasureCode code() {
      return ErasureCodes.portable(lap.dataShards(), lap.parityShards());
    }

    private int[][] columns(
        int rows, java.util.function.UnaryOperator<List<MemorySegment>> multiply) {
      int[][] coefficients = new int[rows][lap.dataShards()];
      for (int column = 0; column < lap.dataShards(); column++) {
        List<MemorySegment> unit = blanks(lap.dataShards());
        unit.get(column).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        List<MemorySegment> products = multiply.apply(unit);
        for (int row = 0; row < rows; row++) {
          coefficients[row][column] = products.get(row).get(ValueLayout.JAVA_BYTE, 0) & 0xFF;
        }
      }
      return coefficients;
    }

    private static List<MemorySegment> blanks(int count) {
      return IntStream.range(0, count).mapToObj(_ -> MemorySegment.ofArray(new byte[1])).toList();
    }
  }
}
