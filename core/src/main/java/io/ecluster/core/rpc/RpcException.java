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

  /** Where it failed. */
  public enum Kind {
    /** The method itself reported an error. */
    METHOD(0),
    /** Unknown service or method, or an argument that does not decode. */
    SERVER(1),
    /** The peer could not be reached, or the connection broke or timed out. */
    CLIENT(2),
    /** The policy forbids the call. */
    UNAUTHORIZED(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** The ErrType on the wire. */
    int number() {
      return number;
    }

    /** The kind with this ErrType; unknown ones are the server's. */
    static Kind of(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return SERVER;
    }
  }
}
