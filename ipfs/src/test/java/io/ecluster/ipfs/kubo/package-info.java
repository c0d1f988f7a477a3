/** Tests of the adapter for Kubo against a server of which every byte is told. */
@NullMarked
package io.ecluster.ipfs.kubo;

import org.jspecify.annotations.NullMarked;
