package io.ecluster.multiformats;

/** Numbers of the multicodec table that this project writes or reads. */
public final class Multicodec {
  public static final long CBOR = 0x51;
  public static final long RAW = 0x55;
  public static final long DAG_PB = 0x70;
  public static final long DAG_CBOR = 0x71;
  public static final long LIBP2P_KEY = 0x72;
  public static final long DAG_JSON = 0x0129;
  public static final long JSON = 0x0200;

  private Multicodec() {}
}
