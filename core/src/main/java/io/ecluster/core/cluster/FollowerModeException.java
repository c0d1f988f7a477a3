package io.ecluster.core.cluster;

/** A write was asked of a peer that only follows. */
public class FollowerModeException extends RuntimeException {
  public FollowerModeException() {
    super("this peer is configured to be in follower mode. Write operations are disabled");
  }
}
