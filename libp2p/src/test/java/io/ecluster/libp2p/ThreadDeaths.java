package io.ecluster.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Notes threads that end with an exception while a test does its worst; none may. */
public final class ThreadDeaths implements AutoCloseable {
  private final @Nullable UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();

  private final List<Throwable> deaths = new CopyOnWriteArrayList<>();

  public ThreadDeaths() {
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> deaths.add(thrown));
  }

  public void assertNone() {
    assertThat(deaths).isEmpty();
  }

  @Override
  public void close() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }
}
