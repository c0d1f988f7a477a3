package io.ecluster.ipld;

/** Says where a chunk ends by what is in it. */
interface CutRule {
  /** No chunk is longer. */
  int maxBytes();

  /**
   * The length of the chunk at the beginning of {@code bytes}, at least 1.
   *
   * @param length how many bytes there are: {@link #maxBytes}, or fewer when the stream ends there
   */
  int cut(byte[] bytes, int length);
}
