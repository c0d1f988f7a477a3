package io.ecluster.erasure;

/** Where a block is within its group: which stripe, which cell of it, which block of the cell. */
public record BlockPlace(int stripe, int column, int position) {}
