@NullMarked
package io.ecluster.service.config;

import org.jspecify.annotations.NullMarked;
