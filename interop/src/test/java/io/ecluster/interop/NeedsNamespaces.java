package io.ecluster.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that part a network; where that may not be done they are reported as skipped. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(NeedsNamespaces.Condition.class)
@interface NeedsNamespaces {
  /** Makes two, and takes them away. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> whyNot = Islands.whyNot();
      return whyNot.isEmpty()
          ? ConditionEvaluationResult.enabled("network namespaces can be made")
          : ConditionEvaluationResult.disabled(whyNot.get());
    }
  }
}
