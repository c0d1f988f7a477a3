package io.ecluster.service.proxy;

import io.ecluster.service.http.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Headers that Kubo would send with an answer, for answers that are ours: what it says to pages of
 * other sites, asked for each request, and what is set in its configuration, asked now and again.
 * Without them pages that work with Kubo would not work with the proxy. Where Kubo does not answer,
 * they are left out.
 */
final class KuboHeaders {
  private static final Logger LOG = LoggerFactory.getLogger(KuboHeaders.class);

  /** As the answer to a preflight has them. */
  private static final List<String> FOR_PAGES =
      List.of("Access-Control-Allow-Origin", "Vary", "Access-Control-Allow-Credentials");

  /** As answers to calls have them. */
  private static final String EXPOSED = "Access-Control-Expose-Headers";

  /** How long a call may be held up. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** After Kubo did not answer, it is not asked for so long. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Upstream kubo;
  private final Extraction extraction;
  private final LongSupplier nanoClock;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Remembered> remembered = Optional.empty();
  private long awaySince;
  private boolean away;

  /**
   * What is copied beside {@value #EXPOSED}.
   *
   * @param names headers to copy
   * @param path asked with POST; its answer has them
   * @param ttl how long they are remembered; zero: for ever
   */
  record Extraction(List<String> names, String path, Duration ttl) {}

  private record Remembered(List<HttpField> fields, long since) {}

  KuboHeaders(Upstream kubo, Extraction extraction, LongSupplier nanoClock) {
    this.kubo = kubo;
    this.extraction = extraction;
    this.nanoClock = nanoClock;
  }

  List<HttpField> of(Exchange x) {
    if (isAway()) {
      return remembered().map(Remembered::fields).orElse(List.of());
    }
    List<HttpField> fields = new ArrayList<>(forPages(x));
    fields.addAll(configured());
    return fields;
  }

  private boolean isAway() {
    lock.lock();
    try {
      return away && nanoClock.getAsLong() - awaySince < PAUSE.toNanos();
    } finally {
      lock.unlock();
    }
  }

  private List<HttpField> forPages(Exchange x) {
    HttpFields.Mutable headers = HttpFields.build();
    x.headers().getFields("Origin").forEach(headers::add);
    headers.add("Access-Control-Request-Method", x.method());
    return ask("OPTIONS", x.rawPath(), headers)
        .map(answer -> fields(answer, FOR_PAGES))
        .orElse(List.of());
  }

  private List<HttpField> configured() {
    Optional<Remembered> last = remembered();
    if (last.isPresent() && isFresh(last.get())) {
      return last.get().fields();
    }
    List<String> names = new ArrayList<>(extraction.names());
    names.add(EXPOSED);
    Optional<HttpFields> answer = ask("POST", extraction.path(), HttpFields.EMPTY);
    answer.ifPresent(found -> remember(fields(found, names)));
    return remembered().map(Remembered::fields).orElse(List.of());
  }

  private boolean isFresh(Remembered last) {
    return extraction.ttl().isZero()
        || nanoClock.getAsLong() - last.since() < extraction.ttl().toNanos();
  }

  private Optional<Remembered> remembered() {
    lock.lock();
    try {
      return remembered;
    } finally {
      lock.unlock();
    }
  }

  private void remember(List<HttpField> fields) {
    lock.lock();
    try {
      remembered = Optional.of(new Remembered(fields, nanoClock.getAsLong()));
    } finally {
      lock.unlock();
    }
  }

  private Optional<HttpFields> ask(String method, String path, HttpFields headers) {
    try {
      Optional<HttpFields> answer = Optional.of(kubo.headers(method, path, headers, PATIENCE));
      noteAway(false);
      return answer;
    } catch (IOException e) {
      LOG.debug("{} {} gave no headers: {}", method, path, e.getMessage());
      noteAway(true);
      return Optional.empty();
    }
  }

  private void noteAway(boolean isAway) {
    lock.lock();
    try {
      away = isAway;
      awaySince = nanoClock.getAsLong();
    } finally {
      lock.unlock();
    }
  }

  private static List<HttpField> fields(HttpFields from, List<String> names) {
    return from.stream()
        .filter(field -> names.stream().anyMatch(field.getName()::equalsIgnoreCase))
        .toList();
  }
}
