package io.ecluster.core.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The arguments of a streaming call, decoded as they are asked for. */
final class ArgumentIterator<A> implements Iterator<A> {
  private final MsgReader reader;
  private final Codec<A> codec;
  private @Nullable RpcException malformed;

  ArgumentIterator(MsgReader reader, Codec<A> codec) {
    this.reader = reader;
    this.codec = codec;
  }

  @Override
  public boolean hasNext() {
    try {
      return !reader.atEnd();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public A next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more arguments");
    }
    reader.startMessage();
    try {
      return codec.read(reader);
    } catch (MsgException | EOFException e) {
      malformed = new RpcException(RpcException.Kind.SERVER, Failures.text(e), e);
      throw malformed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Set once an argument could not be decoded, whatever the method made of that. */
  Optional<RpcException> malformed() {
    return Optional.ofNullable(malformed);
  }
}
