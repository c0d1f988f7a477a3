package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.http.HttpException;

/**
 * What the failure of a call means, in one sentence.
 *
 * @param where the address as it is configured
 * @param timeout of the call
 */
record KuboFailures(String call, String where, Duration timeout) {
  /** The connection ended or was never made; a new one may do better. */
  static final class BrokenException extends IpfsException {
    BrokenException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  IpfsException of(Throwable cause) {
    return switch (cause) {
      case InterruptedException e -> interrupted(e);
      case TimeoutException e -> silent(e);
      case SocketTimeoutException e -> unreachable("it does not accept the connection", e);
      case InterruptedIOException e -> interrupted(e);
      case UnknownHostException e -> unreachable("its host is not known", e);
      case UnresolvedAddressException e -> unreachable("its host is not known", e);
      case ConnectException e -> unreachable(detail(e), e);
      case NoRouteToHostException e -> unreachable(detail(e), e);
      case SSLException e -> insecure(e);
      case HttpResponseException e -> notHttp(e);
      case RejectedExecutionException e -> new IpfsException("too many calls wait for " + where, e);
      case EOFException e -> broken("the connection was closed", e);
      case ClosedChannelException e -> broken("the connection was closed", e);
      case IOException e when e.getCause() instanceof SSLException inner -> insecure(inner);
      case IOException e -> broken(detail(e), e);
      default -> cause instanceof HttpException ? notHttp(cause) : unexpected(cause);
    };
  }

  /** The caller was interrupted, and still is. */
  IpfsException interrupted(Throwable cause) {
    Thread.currentThread().interrupt();
    return new IpfsException(call + " at Kubo, " + where + ", was interrupted", cause);
  }

  private IpfsException silent(Throwable cause) {
    return new IpfsException(
        "Kubo at %s has not answered %s within %s".formatted(where, call, seconds()), cause);
  }

  private String seconds() {
    return timeout.toMillis() / 1000.0 + " s";
  }

  private IpfsException unreachable(String why, Throwable cause) {
    return new IpfsException(
        "Kubo at %s cannot be reached: %s; is its daemon running?".formatted(where, why), cause);
  }

  private IpfsException insecure(SSLException cause) {
    return new IpfsException(
        ("no TLS with Kubo at %s: %s; a certificate of an own authority must be in the file that"
                + " the Java option javax.net.ssl.trustStore names")
            .formatted(where, detail(cause)),
        cause);
  }

  private IpfsException notHttp(Throwable cause) {
    return new IpfsException(
        "%s does not answer %s as HTTP says: is it the RPC API of Kubo?".formatted(where, call),
        cause);
  }

  private IpfsException broken(String why, Throwable cause) {
    return new BrokenException("%s at Kubo, %s, broke off: %s".formatted(call, where, why), cause);
  }

  private IpfsException unexpected(Throwable cause) {
    return new IpfsException(
        "%s at Kubo, %s, failed: %s".formatted(call, where, detail(cause)), cause);
  }

  private static String detail(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
