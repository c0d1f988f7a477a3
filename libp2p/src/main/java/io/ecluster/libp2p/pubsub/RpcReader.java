package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Varint;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one frame from a peer that is not trusted: the number of things in it is bounded before
 * they are kept. Unknown fields are skipped, as newer versions add some.
 */
final class RpcReader {
  /** Go's limit for a frame. */
  static final int MAX_FRAME_BYTES = 1 << 20;

  /** Go asks for and tells of at most this many ids a heartbeat. */
  static final int MAX_IDS = 10_000;

  /** Subscriptions, grafts or prunes in a frame; a cluster has two topics. */
  static final int MAX_TOPIC_ENTRIES = 1_000;

  /** Messages in a frame; larger numbers are only reached by empty ones. */
  static final int MAX_MESSAGES = 10_000;

  static final int MAX_TOPIC_BYTES = 1_024;

  /** An id with its tag and length, on the wire. */
  static final int ID_BYTES = SignedMessage.ID_AUTHOR_BYTES + SignedMessage.SEQUENCE_BYTES + 2;

  private final List<Rpc.Subscription> subscriptions = new ArrayList<>();
  private final List<SignedMessage> messages = new ArrayList<>();
  private final List<Rpc.Have> have = new ArrayList<>();
  private final List<ByteString> want = new ArrayList<>();
  private final List<String> graft = new ArrayList<>();
  private final List<Rpc.Prune> prune = new ArrayList<>();
  private int ids;

  private RpcReader() {}

  @FunctionalInterface
  private interface Field {
    void read(int tag) throws IOException;
  }

  /**
   * The next frame, empty at the end of the stream.
   *
   * @throws FormatException if it is too large or not a pubsub frame
   */
  static Optional<Rpc> next(InputStream in) throws IOException {
    long length;
    try {
      length = Varint.read(in);
    } catch (EOFException e) {
      return Optional.empty();
    }
    if (length > MAX_FRAME_BYTES) {
      throw new FormatException(
          "pubsub frame of " + length + " bytes; at most " + MAX_FRAME_BYTES + " are accepted");
    }
    byte[] body = in.readNBytes((int) length);
    if (body.length < length) {
      throw new EOFException("stream ended inside a pubsub frame");
    }
    return Optional.of(parse(body));
  }

  /**
   * Parses a frame without its length.
   *
   * @throws FormatException if it is malformed or has more entries than a frame may have
   */
  static Rpc parse(byte[] body) {
    RpcReader reader = new RpcReader();
    try {
      reader.readRpc(CodedInputStream.newInstance(body));
    } catch (IOException e) {
      throw new FormatException("not a pubsub frame", e);
    }
    return new Rpc(
        reader.subscriptions,
        reader.messages,
        reader.have,
        reader.want,
        reader.graft,
        reader.prune);
  }

  private void readRpc(CodedInputStream in) throws IOException {
    fields(
        in,
        tag -> {
          switch (tag) {
            case 10 -> nested(in, this::readSubscription);
            case 18 -> nested(in, this::readMessage);
            case 26 -> nested(in, this::readControl);
            default -> in.skipField(tag);
          }
        });
  }

  private void readSubscription(CodedInputStream in) throws IOException {
    boolean join = false;
    String topic = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 8 -> join = in.readBool();
        case 18 -> topic = topic(in);
        default -> in.skipField(tag);
      }
    }
    add(subscriptions, new Rpc.Subscription(join, topic), MAX_TOPIC_ENTRIES);
  }

  private void readMessage(CodedInputStream in) throws IOException {
    ByteString from = ByteString.EMPTY;
    @Nullable ByteString data = null;
    ByteString sequence = ByteString.EMPTY;
    String topic = "";
    ByteString signature = ByteString.EMPTY;
    @Nullable ByteString key = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> from = in.readBytes();
        case 18 -> data = in.readBytes();
        case 26 -> sequence = in.readBytes();
        case 34 -> topic = topic(in);
        case 42 -> signature = in.readBytes();
        case 50 -> key = in.readBytes();
        default -> in.skipField(tag);
      }
    }
    add(messages, new SignedMessage(from, data, sequence, topic, signature, key), MAX_MESSAGES);
  }

  private void readControl(CodedInputStream in) throws IOException {
    fields(
        in,
        tag -> {
          switch (tag) {
            case 10 -> nested(in, this::readHave);
            case 18 -> nested(in, this::readWant);
            case 26 -> nested(in, this::readGraft);
            case 34 -> nested(in, this::readPrune);
            default -> in.skipField(tag);
          }
        });
  }

  private void readHave(CodedInputStream in) throws IOException {
    String topic = "";
    List<ByteString> offered = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> topic = topic(in);
        case 18 -> addId(offered, in);
        default -> in.skipField(tag);
      }
    }
    add(have, new Rpc.Have(topic, offered), MAX_TOPIC_ENTRIES);
  }

  private void readWant(CodedInputStream in) throws IOException {
    fields(
        in,
        tag -> {
          if (tag == 10) {
            addId(want, in);
          } else {
            in.skipField(tag);
          }
        });
  }

  private void readGraft(CodedInputStream in) throws IOException {
    String topic = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == 10) {
        topic = topic(in);
      } else {
        in.skipField(tag);
      }
    }
    add(graft, topic, MAX_TOPIC_ENTRIES);
  }

  private void readPrune(CodedInputStream in) throws IOException {
    String topic = "";
    long backoff = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 10 -> topic = topic(in);
        case 24 -> backoff = in.readUInt64();
        default -> in.skipField(tag);
      }
    }
    add(prune, new Rpc.Prune(topic, backoff), MAX_TOPIC_ENTRIES);
  }

  /** Ids of other implementations' making are of no use to us and are not kept. */
  private void addId(List<ByteString> into, CodedInputStream in) throws IOException {
    ByteString id = in.readBytes();
    if (++ids > MAX_IDS) {
      throw new FormatException("more than " + MAX_IDS + " message ids in a frame");
    }
    if (id.size() == ID_BYTES - 2) {
      into.add(id);
    }
  }

  private static <T> void add(List<T> into, T entry, int most) {
    if (into.size() == most) {
      throw new FormatException("more than " + most + " entries of a kind in a pubsub frame");
    }
    into.add(entry);
  }

  private static String topic(CodedInputStream in) throws IOException {
    String topic = in.readStringRequireUtf8();
    if (topic.length() > MAX_TOPIC_BYTES) {
      throw new FormatException("topic name of " + topic.length() + " characters");
    }
    return topic;
  }

  private static void fields(CodedInputStream in, Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      field.read(tag);
    }
  }

  @FunctionalInterface
  private interface Part {
    void read(CodedInputStream in) throws IOException;
  }

  private static void nested(CodedInputStream in, Part part) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    part.read(in);
    in.popLimit(outer);
  }
}
