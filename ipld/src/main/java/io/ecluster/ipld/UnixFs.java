package io.ecluster.ipld;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The UnixFS message in the data of a dag-pb node. Mode and modification time are read over: adds
 * do not keep them.
 *
 * @param data file bytes, a symlink's target or a HAMT bit field; shared, not copied
 * @param fileSize bytes of the file below this node; null where the type has none
 * @param blockSizes file bytes below each link, in link order
 * @param hashType hash function of a HAMT shard
 * @param fanout width of a HAMT shard
 */
public record UnixFs(
    Type type,
    byte @Nullable [] data,
    @Nullable Long fileSize,
    List<Long> blockSizes,
    @Nullable Long hashType,
    @Nullable Long fanout) {
  /** What a node is. */
  public enum Type {
    RAW(0),
    DIRECTORY(1),
    FILE(2),
    METADATA(3),
    SYMLINK(4),
    HAMT_SHARD(5);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    /** The number on the wire. */
    int number() {
      return number;
    }

    static Type byNumber(long number) {
      for (Type type : values()) {
        if (type.number == number) {
          return type;
        }
      }
      throw new FormatException("unknown UnixFS type " + number);
    }
  }

  private static final int TYPE = 1;
  private static final int DATA = 2;
  private static final int FILE_SIZE = 3;
  private static final int BLOCK_SIZES = 4;
  private static final int HASH_TYPE = 5;
  private static final int FANOUT = 6;

  public UnixFs {
    blockSizes = List.copyOf(blockSizes);
  }

  /** A file, or part of one, that carries its bytes itself; an empty one has no data field. */
  static UnixFs leaf(byte[] data, Type type) {
    long size = data.length;
    return new UnixFs(type, size == 0 ? null : data, size, List.of(), null, null);
  }

  /** A file, or part of one, whose bytes are below its links. */
  static UnixFs fileOf(List<Long> blockSizes) {
    long size = blockSizes.stream().mapToLong(Long::longValue).sum();
    return new UnixFs(Type.FILE, null, size, blockSizes, null, null);
  }

  static UnixFs directory() {
    return new UnixFs(Type.DIRECTORY, null, null, List.of(), null, null);
  }

  static UnixFs symlink(byte[] target) {
    return new UnixFs(Type.SYMLINK, target, null, List.of(), null, null);
  }

  /** One node of a sharded directory, with the bit field of its used slots. */
  static UnixFs hamtShard(byte @Nullable [] slots, long hashType, long fanout) {
    return new UnixFs(Type.HAMT_SHARD, slots, null, List.of(), hashType, fanout);
  }

  /** The file bytes below this node, 0 if it does not say. */
  public long sizeOrZero() {
    return fileSize == null ? 0 : fileSize;
  }

  /** What a block says of itself; empty if it is no dag-pb node of UnixFS. */
  public static Optional<UnixFs> of(Block block) {
    if (block.cid().codec() != Multicodec.DAG_PB) {
      return Optional.empty();
    }
    try {
      return Optional.of(DagPb.decode(block.data()).unixFs());
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  /**
   * How many bytes of a file a block itself holds, whatever it is: 0 for folders, inner nodes and
   * what is no part of a file.
   */
  public static long fileBytesIn(Block block) {
    return block.cid().codec() == Multicodec.RAW
        ? block.size()
        : of(block).filter(UnixFs::holdsFileBytes).map(node -> node.dataOrEmpty().length).orElse(0);
  }

  private boolean holdsFileBytes() {
    return type == Type.FILE || type == Type.RAW;
  }

  byte[] dataOrEmpty() {
    return data == null ? new byte[0] : data;
  }

  /** The bytes of the message, fields in the order of their numbers. */
  public byte[] encode() {
    int size = CodedOutputStream.computeEnumSize(TYPE, type.number());
    size += data == null ? 0 : CodedOutputStream.computeByteArraySize(DATA, data);
    size += numberSize(FILE_SIZE, fileSize);
    for (Long blockSize : blockSizes) {
      size += numberSize(BLOCK_SIZES, blockSize);
    }
    size += numberSize(HASH_TYPE, hashType) + numberSize(FANOUT, fanout);
    return Protobuf.write(size, this::writeTo);
  }

  private void writeTo(CodedOutputStream out) throws IOException {
    out.writeEnum(TYPE, type.number());
    if (data != null) {
      out.writeByteArray(DATA, data);
    }
    writeNumber(out, FILE_SIZE, fileSize);
    for (Long blockSize : blockSizes) {
      writeNumber(out, BLOCK_SIZES, blockSize);
    }
    writeNumber(out, HASH_TYPE, hashType);
    writeNumber(out, FANOUT, fanout);
  }

  private static int numberSize(int field, @Nullable Long value) {
    return value == null ? 0 : CodedOutputStream.computeUInt64Size(field, value);
  }

  private static void writeNumber(CodedOutputStream out, int field, @Nullable Long value)
      throws IOException {
    if (value != null) {
      out.writeUInt64(field, value);
    }
  }

  /**
   * Parses a message.
   *
   * @throws FormatException if it is malformed, has no known type, or its sizes are negative or do
   *     not add up
   */
  public static UnixFs decode(byte[] bytes) {
    return Protobuf.read(bytes, "UnixFS message", UnixFs::read);
  }

  private static UnixFs read(CodedInputStream in) throws IOException {
    Fields fields = new Fields();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!fields.read(in, tag)) {
        in.skipField(tag);
      }
    }
    return fields.build();
  }

  /** What has been read so far; a repeated field overwrites, as protobuf has it. */
  private static final class Fields {
    private final List<Long> blockSizes = new ArrayList<>();
    private @Nullable Type type;
    private byte @Nullable [] data;
    private @Nullable Long fileSize;
    private @Nullable Long hashType;
    private @Nullable Long fanout;

    /** Whether the field was one of ours; others are left to be skipped. */
    private boolean read(CodedInputStream in, int tag) throws IOException {
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        return readBytes(in, WireFormat.getTagFieldNumber(tag));
      }
      return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT
          && readNumber(in, WireFormat.getTagFieldNumber(tag));
    }

    private boolean readBytes(CodedInputStream in, int field) throws IOException {
      switch (field) {
        case DATA -> data = in.readByteArray();
        case BLOCK_SIZES -> readPacked(in);
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean readNumber(CodedInputStream in, int field) throws IOException {
      switch (field) {
        case TYPE -> type = Type.byNumber(in.readUInt64());
        case FILE_SIZE -> fileSize = in.readUInt64();
        case BLOCK_SIZES -> blockSizes.add(in.readUInt64());
        case HASH_TYPE -> hashType = in.readUInt64();
        case FANOUT -> fanout = in.readUInt64();
        default -> {
          return false;
        }
      }
      return true;
    }

    private void readPacked(CodedInputStream in) throws IOException {
      int outer = in.pushLimit(in.readRawVarint32());
      while (in.getBytesUntilLimit() > 0) {
        blockSizes.add(in.readUInt64());
      }
      in.popLimit(outer);
    }

    private UnixFs build() {
      if (type == null) {
        throw new FormatException("UnixFS message without a type");
      }
      requireSizes();
      return new UnixFs(type, data, fileSize, blockSizes, hashType, fanout);
    }

    private void requireSizes() {
      long sum = data == null ? 0 : data.length;
      for (long blockSize : blockSizes) {
        sum += blockSize;
        if (blockSize < 0 || sum < 0) {
          throw new FormatException("UnixFS block sizes overflow");
        }
      }
      boolean file = type == Type.FILE || type == Type.RAW;
      if (file && fileSize != null && fileSize != sum) {
        throw new FormatException(
            "UnixFS file says " + fileSize + " bytes and holds " + sum + " bytes");
      }
    }
  }
}
