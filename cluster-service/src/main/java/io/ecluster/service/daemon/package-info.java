/** The daemon: every part made and put together, and taken apart again. */
@NullMarked
package io.ecluster.service.daemon;

import org.jspecify.annotations.NullMarked;
