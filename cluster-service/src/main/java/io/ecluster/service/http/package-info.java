/** What the HTTP servers of the daemon have in common. */
@NullMarked
package io.ecluster.service.http;

import org.jspecify.annotations.NullMarked;
