/** What a peer tells of itself to those who watch it: metrics and traces. */
@NullMarked
package io.ecluster.service.observe;

import org.jspecify.annotations.NullMarked;
