package io.ecluster.core.rpc;

/**
 * A method that peers call on each other.
 *
 * @param streaming whether any number of arguments and of replies flow, instead of one each
 */
public record RpcMethod<A, R>(
    String service,
    String name,
    Codec<A> argument,
    Codec<R> reply,
    boolean streaming,
    Access access) {

  /** The same, for this peer itself only. */
  RpcMethod<A, R> closed() {
    return new RpcMethod<>(service, name, argument, reply, streaming, Access.CLOSED);
  }

  /** Who may call it. */
  public enum Access {
    /** Only this peer itself. */
    CLOSED,
    /** Peers that consensus trusts. */
    TRUSTED,
    /** Anyone in the network. */
    OPEN
  }
}
