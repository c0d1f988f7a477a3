package io.ecluster.service.proxy;

import java.io.IOException;

/** The daemon behind the proxy does not answer. */
final class KuboAwayException extends IOException {
  KuboAwayException(String where, Throwable why) {
    super("Kubo does not answer at " + where + ": " + why.getMessage() + "; is it running?", why);
  }
}
