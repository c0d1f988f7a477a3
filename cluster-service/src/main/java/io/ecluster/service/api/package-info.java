@NullMarked
package io.ecluster.service.api;

import org.jspecify.annotations.NullMarked;
