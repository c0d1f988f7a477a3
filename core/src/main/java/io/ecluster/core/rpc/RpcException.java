package io.ecluster.core.rpc;

/** A call that did not succeed. */
public class RpcException extends RuntimeException {
  private final Kind kind;

  public RpcException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public RpcException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Where it failed. The ordinals 0, 1, 2 and 3 are the ErrType numbers on the wire. */
  public enum Kind {
    /** The method itself reported an error. */
    METHOD,
    /** Unknown service or method, or an argument that does not decode. */
    SERVER,
    /** The peer could not be reached, or the connection broke or timed out. */
    CLIENT,
    /** The policy forbids the call. */
    UNAUTHORIZED
  }
}
