package io.ecluster.service.proxy;

/** A call that fails as Kubo lets calls fail: status 500 and a message. */
final class CallException extends RuntimeException {
  CallException(String message) {
    super(message);
  }
}
