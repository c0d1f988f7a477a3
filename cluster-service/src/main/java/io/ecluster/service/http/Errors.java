package io.ecluster.service.http;

import io.ecluster.core.cluster.FollowerModeException;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.PeerUnreachableException;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.multiformats.FormatException;
import org.eclipse.jetty.http.HttpException;

/** Which status and text an exception becomes. */
public final class Errors {
  private Errors() {}

  public static int status(Throwable error) {
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
      default -> PinNotFoundException.TEXT.equals(error.getMessage()) ? 404 : 500;
    };
  }

  public static String message(Throwable error) {
    String message = error instanceof HttpException http ? http.getReason() : error.getMessage();
    return message == null || message.isEmpty() ? error.getClass().getSimpleName() : message;
  }
}
