/** The pinset as an add-wins CRDT over signed broadcasts and a DAG of deltas. */
@NullMarked
package io.ecluster.core.consensus;

import org.jspecify.annotations.NullMarked;
