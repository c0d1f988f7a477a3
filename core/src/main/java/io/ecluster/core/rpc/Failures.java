package io.ecluster.core.rpc;

import io.ecluster.core.rpc.RpcException.Kind;

/** What callers are told of failures: one line, never a stack trace. */
final class Failures {
  /** Go's words for a call whose caller went away. */
  static final String CANCELLED = "context canceled";

  /** Enough for any sentence, too little to hurt the caller. */
  private static final int MAX_CHARS = 4096;

  private Failures() {}

  /** What a method's exception becomes for its caller. */
  static RpcException ofMethod(Exception thrown) {
    if (thrown instanceof InterruptedException) {
      return new RpcException(Kind.METHOD, CANCELLED, thrown);
    }
    return new RpcException(Kind.METHOD, text(thrown), thrown);
  }

  /** The exception's message, or its name when it has none; never empty. */
  static String text(Throwable thrown) {
    String message = thrown.getMessage();
    String text =
        message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS);
  }
}
