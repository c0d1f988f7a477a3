package io.ecluster.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that run real Kubo daemons; where there is no Kubo they are reported as skipped. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(NeedsKubo.Condition.class)
public @interface NeedsKubo {
  /** Looks for Kubo, once in a run. */
  final class Condition extends RealProgram.Condition {
    Condition() {
      super(RealProgram.KUBO);
    }
  }
}
