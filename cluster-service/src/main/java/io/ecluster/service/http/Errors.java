package io.ecluster.service.http;

import io.ecluster.core.cluster.FollowerModeException;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerUnreachableException;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.PathNotFoundException;
import io.ecluster.multiformats.FormatException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;

/** Which status and text an exception becomes. */
public final class Errors {
  private Errors() {}

  public static int status(Throwable error) {
    return isBrokenRequest(error) ? 400 : ownStatus(error);
  }

  /** Whether the client broke off, or sent a body that is none. */
  private static boolean isBrokenRequest(Throwable error) {
    return error instanceof EofException || error.getCause() instanceof EofException;
  }

  private static int ownStatus(Throwable error) {
    return switch (error) {
      case ApiException api -> api.status();
      case HttpException http -> http.getCode(); // Jetty found the request at fault
      case FormatException _ -> 400;
      case PinNotFoundException _ -> 404;
      case FollowerModeException _ -> 403;
      case NotEnoughPeersException _ -> 409;
      case PeerUnreachableException _ -> 404;
      case IllegalArgumentException _ -> 400; // what core says of a bad request
      case UnsupportedOperationException _ -> 400;
      // A path that cannot be followed; what a node does wrong has other causes.
      case IpfsException ipfs when ipfs.getCause() instanceof FormatException -> 400;
      case IpfsException ipfs when ipfs.getCause() instanceof PathNotFoundException -> 404;
      case IpfsException ipfs when ipfs.getCause() instanceof BlockNotFoundException -> 404;
      default -> PinNotFoundException.TEXT.equals(error.getMessage()) ? 404 : 500;
    };
  }

  public static String message(Throwable error) {
    if (isBrokenRequest(error)) {
      return "the body of the request is malformed, or ended early";
    }
    String message = error instanceof HttpException http ? http.getReason() : error.getMessage();
    return message == null || message.isEmpty() ? error.getClass().getSimpleName() : message;
  }
}
