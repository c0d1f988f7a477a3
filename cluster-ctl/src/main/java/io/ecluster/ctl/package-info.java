@NullMarked
package io.ecluster.ctl;

import org.jspecify.annotations.NullMarked;
