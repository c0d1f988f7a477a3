package io.ecluster.ipld;

/** Puts leaves, which come in file order, under one root. Emits every block after its children. */
interface Layout {
  /** Emits a leaf and hangs it in. */
  void add(Block leaf, long fileSize);

  /** Emits what is left above the leaves, of which there was at least one; the root is last. */
  Imported finish();
}
