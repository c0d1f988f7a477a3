package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;

/** A symbolic link; its target is whatever its author wrote. */
public record UnixFsSymlink(Cid cid, String target) implements UnixFsNode {}
