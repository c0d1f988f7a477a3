package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;

/** Kubo has answered that it cannot do what was asked. */
final class KuboErrorException extends IpfsException {
  private final String text;

  KuboErrorException(String call, String text) {
    super("Kubo answers " + call + " with an error: " + text);
    this.text = text;
  }

  /** A block is not there, or a CID not pinned. */
  boolean saysNotFound() {
    return text.contains("not found") || text.contains("could not find") || saysNotPinned();
  }

  boolean saysNotPinned() {
    return text.contains("not pinned");
  }

  /** A search ended with the time it was given. */
  boolean saysTimeout() {
    return text.contains("context deadline exceeded") || text.contains("timeout");
  }
}
