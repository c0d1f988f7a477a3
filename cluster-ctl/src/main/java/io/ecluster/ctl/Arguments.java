package io.ecluster.ctl;

import io.ecluster.client.GoDuration;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** The options and operands of one call, with their defaults. */
record Arguments(ParseResult parsed) {
  boolean flag(String name) {
    return parsed.matchedOptionValue(name, false);
  }

  String text(String name) {
    return parsed.matchedOptionValue(name, parsed.commandSpec().findOption(name).defaultValue());
  }

  /** Of an option that takes numbers. */
  long number(String name) {
    String byDefault = parsed.commandSpec().findOption(name).defaultValue();
    return parsed.matchedOptionValue(name, Integer.valueOf(byDefault));
  }

  /**
   * @param doing what is told when the text is no duration
   */
  static Duration duration(String doing, String text) {
    try {
      return GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw new LocalException("error " + doing + ": " + e.getMessage());
    }
  }

  boolean given(String name) {
    return parsed.hasMatchedOption(name);
  }

  List<String> texts(String name) {
    return parsed.matchedOptionValue(name, List.of());
  }

  List<String> operands() {
    return parsed.matchedPositionalValue(0, List.of());
  }

  /**
   * @throws LocalException unless exactly one operand is given
   */
  String operand(String what) {
    List<String> operands = operands();
    if (operands.size() != 1) {
      throw new LocalException("error : need exactly one " + what);
    }
    return operands.getFirst();
  }
}
