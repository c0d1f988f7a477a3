package io.ecluster.core.rpc;

/** Writes the msgpack dialect of the Go peers. */
public final class MsgWriter {}
