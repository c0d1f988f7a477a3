package io.ecluster.client;

/** The version of IPFS Cluster whose API and commands these programs speak. */
public final class ApiVersion {
  public static final String TEXT = "1.1.6";

  private ApiVersion() {}
}
