@NullMarked
package io.ecluster.service;

import org.jspecify.annotations.NullMarked;
