package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ctrl-C in the middle of a transfer, in a process of its own. */
class InterruptTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"file", "directory"})
  void nothingHalfWrittenStays(String kind) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Path work = Files.createDirectory(folder.resolve("work"));
    try (FakeApi api = FakeApi.start((_, out) -> sendHalf(kind, out, over))) {
      Process ctl = start(api, work);
      while (names(work).isEmpty() && ctl.isAlive()) {
        LockSupport.parkNanos(5_000_000);
      }
      assertThat(names(work)).as("the partial file, hidden").hasSize(1);
      ctl.destroy(); // SIGTERM; a test may have inherited that SIGINT is ignored
      assertThat(ctl.waitFor()).isEqualTo(130);
      assertThat(names(work)).isEmpty();
    } finally {
      over.countDown();
    }
  }

  private static void sendHalf(String kind, OutputStream out, CountDownLatch over)
      throws IOException {
    byte[] tar = new Tar().folder("cid").file("cid/a", "x".repeat(100_000)).end();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("HTTP/1.1 200 OK\r\nX-Ipfs-Kind: "
                + kind
                + "\r\nContent-Length: "
                + tar.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    answer.writeBytes(Arrays.copyOf(tar, tar.length / 2));
    out.write(answer.toByteArray());
    out.flush();
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Process start(FakeApi api, Path work) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "io.ecluster.ctl.Main",
            "--host",
            api.address(),
            "--timeout",
            "300", // ends the process should the test fail
            "ecget",
            Ctl.CID,
            "-o",
            work.resolve("out").toString());
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
