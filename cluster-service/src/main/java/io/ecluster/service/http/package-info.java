/** What the HTTP servers of the daemon have in common. */
@org.jspecify.annotations.NullMarked
package io.ecluster.service.http;
