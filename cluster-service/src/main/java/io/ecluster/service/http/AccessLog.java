package io.ecluster.service.http;

import io.ecluster.service.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line of the common log format for each request. It carries no header, and so no secret. */
public final class AccessLog implements RequestLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

  private final Consumer<String> lines;
  private final Runnable close;

  private AccessLog(Consumer<String> lines, Runnable close) {
    this.lines = lines;
    this.close = close;
  }

  /** Lines go to the daemon's log. */
  public static AccessLog toLogger(String name) {
    Logger logger = LoggerFactory.getLogger(name);
    return new AccessLog(logger::info, () -> {});
  }

  /**
   * Lines are appended to a file.
   *
   * @throws ConfigException if it cannot be written
   */
  public static AccessLog toFile(Path file) {
    try {
      PrintWriter writer =
          new PrintWriter(
              Files.newBufferedWriter(
                  file,
                  StandardCharsets.UTF_8,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND),
              true);
      return new AccessLog(writer::println, writer::close);
    } catch (IOException e) {
      throw new ConfigException(
          "http_log_file, or log_file of the proxy, " + file + " cannot be written: " + e, e);
    }
  }

  @Override
  public void log(Request request, Response response) {
    lines.accept(
        "%s - - [%s] \"%s %s %s\" %d %d"
            .formatted(
                host(request),
                TIME.format(Instant.now().atZone(ZoneId.systemDefault())),
                clean(request.getMethod()),
                clean(request.getHttpURI().getPathQuery()),
                request.getConnectionMetaData().getHttpVersion().asString(),
                response.getStatus(),
                Response.getContentBytesWritten(response)));
  }

  private static String host(Request request) {
    String address = Request.getRemoteAddr(request);
    return address == null || address.isEmpty() ? "@" : address; // a unix socket
  }

  /** Nobody writes lines of his own into the log. */
  private static String clean(String text) {
    return Objects.requireNonNullElse(text, "-").replaceAll("[\\p{Cntrl}\"\\\\]", "?");
  }

  void close() {
    close.run();
  }
}
