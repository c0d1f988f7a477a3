package io.ecluster.ctl;

/** The version of the API and its commands that this program speaks. */
final class Version {
  static final String TEXT = "1.1.6";

  private Version() {}
}
