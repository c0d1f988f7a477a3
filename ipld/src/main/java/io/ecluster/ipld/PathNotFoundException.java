package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;

/** A path that leads nowhere. */
public class PathNotFoundException extends RuntimeException {
  public PathNotFoundException(String name, Cid under) {
    super("no link named \"" + name + "\" under " + under);
  }
}
