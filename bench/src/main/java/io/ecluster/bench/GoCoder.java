package io.ecluster.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** klauspost/reedsolomon in a Go program that takes its orders by lines. */
final class GoCoder implements Coder, AutoCloseable {
  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;

  GoCoder(Path program) throws IOException {
    process =
        new ProcessBuilder(List.of(program.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public String name() {
    return "klauspost";
  }

  @Override
  public void prepare(Lap lap) throws IOException {
    ask(
        "prepare %d %d %d %d"
            .formatted(lap.dataShards(), lap.parityShards(), lap.lost(), lap.bytes()));
  }

  @Override
  public double run(int millis) throws IOException {
    return Double.parseDouble(ask("run " + millis));
  }

  @Override
  public long checksum() throws IOException {
    return Long.parseLong(ask("checksum"));
  }

  @Override
  public void close() {
    orders.close();
    process.destroy();
  }

  private String ask(String order) throws IOException {
    orders.println(order);
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the Go program stopped at: " + order);
    }
    return answer;
  }
}
