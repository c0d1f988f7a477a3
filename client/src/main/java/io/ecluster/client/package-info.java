@NullMarked
package io.ecluster.client;

import org.jspecify.annotations.NullMarked;
