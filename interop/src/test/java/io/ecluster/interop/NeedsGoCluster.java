package io.ecluster.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests that run the real programs of the Go IPFS Cluster; where there are none they are reported
 * as skipped.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(NeedsGoCluster.Condition.class)
public @interface NeedsGoCluster {
  /** Looks for them, once in a run. */
  final class Condition extends RealProgram.Condition {
    Condition() {
      super(RealProgram.GO_CLUSTER);
    }
  }
}
