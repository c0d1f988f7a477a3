package io.ecluster.core.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a streaming call, decoded as they are asked for. One that cannot be decoded ends
 * them, and cancels the call, as in Go.
 */
final class ArgumentIterator<A> implements Iterator<A> {
  private final MsgReader reader;
  private final Codec<A> codec;
  private @Nullable A next;
  private @Nullable Exception malformed;

  ArgumentIterator(MsgReader reader, Codec<A> codec) {
    this.reader = reader;
    this.codec = codec;
  }

  /** Looks at arguments that have arrived, of a method that takes none. */
  void skipArrived() {
    while (reader.hasBuffered() && hasNext()) {
      next = null;
    }
  }

  @Override
  public boolean hasNext() {
    if (next == null && malformed == null) {
      next = read();
    }
    return next != null;
  }

  private @Nullable A read() {
    try {
      if (reader.atEnd()) {
        return null;
      }
      reader.startMessage();
      return codec.read(reader);
    } catch (MsgException | EOFException e) {
      malformed = e;
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public A next() {
    if (!hasNext()) {
      requireWellFormed();
      throw new NoSuchElementException("no more arguments");
    }
    A given = next;
    next = null;
    return Objects.requireNonNull(given);
  }

  boolean areMalformed() {
    return malformed != null;
  }

  /**
   * Does nothing as long as all arguments could be decoded.
   *
   * @throws RpcException in Go's words otherwise
   */
  void requireWellFormed() {
    if (malformed != null) {
      throw new RpcException(RpcException.Kind.METHOD, Failures.CANCELLED, malformed);
    }
  }
}
