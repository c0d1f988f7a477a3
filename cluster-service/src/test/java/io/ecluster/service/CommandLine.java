package io.ecluster.service;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program's command line in this process, on a folder of its own. */
final class CommandLine {
  private final Path folder;
  private final Map<String, String> environment;
  private InputStream in = InputStream.nullInputStream();

  CommandLine(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** What came of a command. */
  record Result(int code, String out, String err) {}

  /** What is typed into the next commands. */
  CommandLine typing(String text) {
    in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Result run(String... arguments) {
    List<String> line = new ArrayList<>(List.of("-c", folder.toString()));
    line.addAll(List.of(arguments));
    return anywhere(environment, in, line.toArray(String[]::new));
  }

  /** Without naming a folder. */
  static Result anywhere(Map<String, String> environment, String... arguments) {
    return anywhere(environment, InputStream.nullInputStream(), arguments);
  }

  private static Result anywhere(
      Map<String, String> environment, InputStream in, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = new Main(new Console(in, stream(out), stream(err)), environment).run(arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
