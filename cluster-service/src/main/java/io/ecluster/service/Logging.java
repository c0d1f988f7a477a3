package io.ecluster.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import io.ecluster.service.config.ConfigException;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Logs to stderr, or where the {@code GOLOG_} variables say; set up in code, since reading a
 * configuration file takes a fifth of a second.
 */
final class Logging {
  private static final String TIME = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}";

  /** One line, whatever a peer or client has put into it: no lines of their own, no colours. */
  private static final String MESSAGE = " %replace(%msg){'[\\x00-\\x1f\\x7f-\\x9f]', '?'}%n%nopex";

  private static final String PLAIN = TIME + " %-5level %logger{0}" + MESSAGE;
  private static final String COLOURED = TIME + " %highlight(%-5level) %cyan(%logger{0})" + MESSAGE;

  /** What the Go program calls its components. Others are packages of ours, such as libp2p. */
  private static final Map<String, String> COMPONENTS =
      Map.ofEntries(
          Map.entry("cluster", "core.cluster"),
          Map.entry("crdt", "core.consensus"),
          Map.entry("monitor", "core.monitor"),
          Map.entry("pubsubmon", "core.monitor"),
          Map.entry("diskinfo", "core.monitor"),
          Map.entry("tags", "core.monitor"),
          Map.entry("pintracker", "core.tracker"),
          Map.entry("pstoremgr", "core.peers"),
          Map.entry("apitypes", "core.pin"),
          Map.entry("p2p-gorpc", "core.rpc"),
          Map.entry("ipfshttp", "ipfs.kubo"),
          Map.entry("shardingdags", "adder"),
          Map.entry("singledags", "adder"),
          Map.entry("restapi", "service.api"),
          Map.entry("pinsvcapi", "service.pinsvc"),
          Map.entry("ipfsproxy", "service.proxy"),
          Map.entry("config", "service.config"),
          Map.entry("service", "service.daemon"),
          Map.entry("observations", "service.observe"));

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Map<String, String> environment;

  private Logging(Map<String, String> environment) {
    this.environment = environment;
  }

  static void configure(Invocation invocation) {
    String levels = invocation.globalText("--loglevel");
    configure(levels, invocation.globalFlag("--debug"), invocation.environment());
  }

  /**
   * @param levels {@code LEVEL} or {@code COMPONENT:LEVEL,…}; if empty the environment decides
   * @throws ConfigException if a level is none
   */
  static void configure(String levels, boolean debug, Map<String, String> environment) {
    Logging logging = new Logging(environment);
    logging.addOutputs();
    logging.root.setLevel(debug ? Level.DEBUG : Level.INFO);
    logging.context.getLogger("org.eclipse.jetty").setLevel(Level.WARN);
    String golog = environment.getOrDefault("GOLOG_LOG_LEVEL", "").replace('=', ':');
    logging.apply(golog);
    logging.apply(
        levels.isEmpty() ? environment.getOrDefault("IPFS_CLUSTER_LOG_LEVEL", "") : levels);
  }

  private void apply(String levels) {
    for (String item : levels.split(",")) {
      String level = item.strip();
      int colon = level.indexOf(':');
      if (colon >= 0) {
        component(level.substring(0, colon)).setLevel(level(level.substring(colon + 1)));
      } else if (!level.isEmpty()) {
        root.setLevel(level(level));
      }
    }
  }

  private Logger component(String name) {
    return context.getLogger("io.ecluster." + COMPONENTS.getOrDefault(name, name));
  }

  private static Level level(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "debug" -> Level.DEBUG;
      case "info" -> Level.INFO;
      case "warning", "warn" -> Level.WARN;
      case "error", "critical", "dpanic", "panic", "fatal" -> Level.ERROR;
      default ->
          throw new ConfigException(
              "no log level is called \""
                  + name
                  + "\"; there are debug, info, warning, error and critical");
    };
  }

  private void addOutputs() {
    root.detachAndStopAllAppenders();
    String file = environment.getOrDefault("GOLOG_FILE", "");
    String outputs =
        environment.getOrDefault("GOLOG_OUTPUT", file.isEmpty() ? "stderr" : "stderr+file");
    for (String output : outputs.split("\\+")) {
      switch (output) {
        case "stdout" -> add(console(ConsoleTarget.SystemOut));
        case "stderr" -> add(console(ConsoleTarget.SystemErr));
        case "file" -> addFile(file);
        default ->
            throw new ConfigException(
                "GOLOG_OUTPUT must be stdout, stderr or file, or several with + between, not "
                    + outputs);
      }
    }
  }

  private static ConsoleAppender<ILoggingEvent> console(ConsoleTarget target) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget(target.getName());
    return appender;
  }

  private void addFile(String file) {
    if (file.isEmpty()) {
      throw new ConfigException("GOLOG_OUTPUT names a file, but GOLOG_FILE does not say which");
    }
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file);
    add(appender);
  }

  private void add(OutputStreamAppender<ILoggingEvent> appender) {
    appender.setContext(context);
    appender.setEncoder(encoder());
    appender.start();
    root.addAppender(appender);
  }

  private Encoder<ILoggingEvent> encoder() {
    String format = environment.getOrDefault("GOLOG_LOG_FMT", "nocolor");
    if (format.equals("json")) {
      JsonEncoder json = new JsonEncoder();
      json.setContext(context);
      json.start();
      return json;
    }
    PatternLayoutEncoder text = new PatternLayoutEncoder();
    text.setContext(context);
    text.setPattern(format.equals("color") ? COLOURED : PLAIN);
    text.start();
    return text;
  }
}
