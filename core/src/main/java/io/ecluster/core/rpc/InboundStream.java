package io.ecluster.core.rpc;

import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.PeerId;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** One call as its server sees it: reads arguments, writes replies and errors. */
final class InboundStream {
  /** A client writes the name of the method at once; this only stops those who never do. */
  static final Duration HEADER_TIMEOUT = Duration.ofSeconds(10);

  /** A unary argument follows in the same write. */
  static final Duration ARGUMENT_TIMEOUT = Duration.ofSeconds(60);

  /** How long a client may take to notice that no more of its arguments are wanted. */
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /** Names of methods are short, and read before we know who asks. */
  private static final long MAX_HEADER_BYTES = 4 << 10;

  /** Pins with much metadata, or the CIDs of a large add. */
  private static final long MAX_ARGUMENT_BYTES = 1 << 20;

  /** One block with its CID. */
  private static final long MAX_STREAMED_BYTES = 4 << 20;

  private final Stream stream;
  private final DeadlineInput input;
  private final MsgReader reader;
  private final BatchingOutput output;
  private final MsgWriter writer;

  InboundStream(Stream stream) {
    this.stream = stream;
    this.input = new DeadlineInput(stream);
    this.reader = new MsgReader(input, MAX_HEADER_BYTES);
    this.output = new BatchingOutput(stream.output());
    this.writer = new MsgWriter(output);
  }

  PeerId caller() {
    return stream.remotePeer();
  }

  ServiceId readId() throws IOException {
    input.expectWithin(HEADER_TIMEOUT);
    return ServiceId.CODEC.read(reader);
  }

  /**
   * Reads the only argument of a call.
   *
   * @throws RpcException if it cannot be decoded
   */
  <A> A readArgument(Codec<A> codec) throws IOException {
    input.expectWithin(ARGUMENT_TIMEOUT);
    reader.startMessage(MAX_ARGUMENT_BYTES);
    try {
      return codec.read(reader);
    } catch (MsgException | EOFException malformed) {
      throw new RpcException(RpcException.Kind.SERVER, Failures.text(malformed), malformed);
    }
  }

  /** Waits until the client says something more, half-closes or is gone. */
  void awaitClient() {
    input.expectWithin(Duration.ZERO);
    try {
      var _ = reader.atEnd();
    } catch (IOException gone) {
      // Gone is what we waited for.
    }
  }

  <A> ArgumentIterator<A> arguments(Codec<A> codec) {
    input.expectWithin(Duration.ZERO);
    reader.startMessage(MAX_STREAMED_BYTES);
    return new ArgumentIterator<>(reader, codec);
  }

  /** Writes one reply; it leaves with those that follow it closely. */
  <R> void reply(ServiceId id, Codec<R> codec, R reply) {
    try {
      Response.CODEC.write(writer, Response.ok(id));
      codec.write(writer, reply);
      output.flushSoon();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes an error and the body that clients expect after it, and sends both. */
  void fail(ServiceId id, RpcException failure, BodyWriter body) throws IOException {
    Response.CODEC.write(writer, new Response(id, Failures.text(failure), failure.kind()));
    body.write(writer);
    output.flush();
  }

  void finish() throws IOException {
    output.flush();
    stream.close();
  }

  /**
   * Ends the replies of a streaming call, and waits a little for the client to end its arguments: a
   * stream that is dropped while it sends may be reset before it has read our answer.
   */
  void finishStreaming() throws IOException {
    output.flush();
    stream.closeWrite();
    input.expectWithin(DRAIN_TIMEOUT);
    try {
      var _ = input.skip(Long.MAX_VALUE);
    } catch (IOException gone) {
      // It reset the stream: it has seen the answer, or does not want it.
    }
    stream.close();
  }

  @FunctionalInterface
  interface BodyWriter {
    void write(MsgWriter out) throws IOException;
  }
}
