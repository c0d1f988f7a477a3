package io.ecluster.core.rpc;

/** The argument or reply of a method that takes or gives none: Go's {@code struct{}}. */
public enum Nothing {
  NOTHING
}
