/** The pinset of a peer that is not running: exported, imported, looked at. */
@NullMarked
package io.ecluster.service.state;

import org.jspecify.annotations.NullMarked;
