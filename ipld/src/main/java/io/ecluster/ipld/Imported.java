package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;

/**
 * A DAG, or part of one, that has been emitted.
 *
 * @param fileSize bytes of the file; 0 for directories and symlinks
 * @param dagSize bytes of all blocks, counting repeats each time: what a link to it says as Tsize
 */
public record Imported(Cid root, long fileSize, long dagSize) {}
