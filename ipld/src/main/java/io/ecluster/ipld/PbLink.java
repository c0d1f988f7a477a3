package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;

/**
 * A link of a dag-pb node.
 *
 * @param name empty in files, the entry's name in directories
 * @param tsize bytes of the linked block and of everything below it, counting repeats each time
 */
public record PbLink(Cid hash, String name, long tsize) {}
