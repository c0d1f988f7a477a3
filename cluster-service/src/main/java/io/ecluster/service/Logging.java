package io.ecluster.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import org.slf4j.LoggerFactory;

/** Logs to stderr; set up in code, since reading a configuration file takes a fifth of a second. */
final class Logging {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n%nopex";

  private Logging() {}

  /**
   * @param levels {@code LEVEL} or {@code COMPONENT:LEVEL,…}; a component is a package such as
   *     libp2p
   */
  static void configure(String levels, boolean debug) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(appender(context));
    root.setLevel(debug ? Level.DEBUG : Level.INFO);
    context.getLogger("org.eclipse.jetty").setLevel(Level.WARN);
    for (String item : levels.split(",")) {
      apply(context, root, item.strip());
    }
  }

  private static void apply(LoggerContext context, Logger root, String item) {
    int colon = item.indexOf(':');
    if (colon >= 0) {
      context
          .getLogger("io.ecluster." + item.substring(0, colon))
          .setLevel(Level.toLevel(item.substring(colon + 1), Level.INFO));
    } else if (!item.isEmpty()) {
      root.setLevel(Level.toLevel(item, Level.INFO));
    }
  }

  private static ConsoleAppender<ILoggingEvent> appender(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget(ConsoleTarget.SystemErr.getName());
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
