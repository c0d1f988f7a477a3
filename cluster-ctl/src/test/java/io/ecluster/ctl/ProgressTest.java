package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private long now;

  private Progress progress(boolean terminal, boolean quiet, long total) {
    PrintStream err = new PrintStream(screen, true, StandardCharsets.UTF_8);
    Style style = new Style(terminal, false);
    return new Progress(new Output(err, err, false, style, style), quiet, total, () -> now);
  }

  private static void read(Progress progress, int bytes) throws IOException {
    progress.counting(new ByteArrayInputStream(new byte[bytes])).readNBytes(bytes);
  }

  private String shown() {
    return screen.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theLineTellsBytesRateAndTimeLeft() throws IOException {
    try (Progress progress = progress(false, false, 4_000_000)) {
      read(progress, 1_000_000);
      assertThat(progress.line(2_000_000_000L))
          .isEqualTo("1.0 MB / 4.0 MB [=======                       ]  25%  500 kB/s  0:06 left");
    }
  }

  @Test
  void withoutATotalItTellsBytesAndRate() throws IOException {
    try (Progress progress = progress(false, false, 0)) {
      read(progress, 1_000_000);
      assertThat(progress.line(2_000_000_000L)).isEqualTo("1.0 MB  500 kB/s");
    }
  }

  @Test
  void theLineNeverPassesTheEnd() throws IOException {
    try (Progress progress = progress(false, false, 10)) {
      read(progress, 1000);
      assertThat(progress.line(1_000_000_000L))
          .contains("[" + "=".repeat(30) + "] 100%", "0:00 left");
      assertThat(progress.line(0)).contains("100%");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, true",
    "true, true, false",
    "false, false, false",
    "false, true, false"
  })
  void itIsDrawnOnATerminalThatDoesNotWantSilence(boolean terminal, boolean quiet, boolean drawn)
      throws IOException {
    try (Progress progress = progress(terminal, quiet, 100)) {
      now = 200_000_000;
      OutputStream out = progress.counting(OutputStream.nullOutputStream());
      out.write(new byte[50]);
    }
    assertThat(shown().contains("50%")).isEqualTo(drawn);
    assertThat(shown().isEmpty()).isEqualTo(!drawn);
  }

  @Test
  void itIsNotDrawnMoreOftenThanEyesCanFollow() throws IOException {
    try (Progress progress = progress(true, false, 100)) {
      for (int i = 0; i < 100; i++) {
        now += 10_000_000;
        read(progress, 1);
      }
    }
    assertThat(shown().split("left", -1)).hasSize(11);
  }

  @Test
  void itMakesWayForOtherOutputAndIsErasedAtTheEnd() throws IOException {
    try (Progress progress = progress(true, false, 100)) {
      now = 200_000_000;
      read(progress, 50);
      screen.reset();
      progress.aside(() -> screen.writeBytes("added".getBytes(StandardCharsets.UTF_8)));
      assertThat(shown()).isEqualTo("\r\033[Kadded");
      screen.reset();
    }
    assertThat(shown()).isEqualTo("\r\033[K");
  }
}
