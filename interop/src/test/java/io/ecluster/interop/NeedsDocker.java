package io.ecluster.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that run containers; where there is no Docker engine they are reported as skipped. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(NeedsDocker.Condition.class)
@interface NeedsDocker {
  /** Looks for an engine and makes the images, once in a run. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String whyNot = DockerEngine.instance().whyNot();
      return whyNot.isEmpty()
          ? ConditionEvaluationResult.enabled("Docker is there")
          : ConditionEvaluationResult.disabled(whyNot);
    }
  }
}
