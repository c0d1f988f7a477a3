package io.ecluster.service;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import io.ecluster.client.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A daemon in a process of its own, so that killing it is what it is in life. */
public final class PeerProcess implements AutoCloseable {
  /** For measurements, where the limits and settings of the virtual machine count. */
  public static final String PROGRAM = "ecluster.program";

  private final Path folder;
  private final Map<String, String> environment;
  private final String name;
  private final List<String> launcher;
  private Optional<Process> process = Optional.empty();

  public PeerProcess(Path folder, String name, Map<String, String> environment) {
    this(folder, name, environment, List.of());
  }

  private PeerProcess(
      Path folder, String name, Map<String, String> environment, List<String> launcher) {
    this.folder = folder;
    this.name = name;
    this.environment = environment;
    this.launcher = launcher;
  }

  /**
   * The same peer, run by another program, such as one that puts it into another network.
   *
   * @param words come before those of the command
   */
  public PeerProcess launchedBy(List<String> words) {
    return new PeerProcess(folder, name, environment, List.copyOf(words));
  }

  public String name() {
    return name;
  }

  public boolean alive() {
    return process.filter(Process::isAlive).isPresent();
  }

  public void init() throws IOException, InterruptedException {
    Process init = launch("init");
    if (init.waitFor() != 0) {
      throw new IllegalStateException("init of " + name + " failed: " + log());
    }
  }

  /** As {@link #init}, without the time that a process takes to start. */
  public void initHere() {
    CommandLine line = new CommandLine(folder.resolve(name), environment);
    CommandLine.Result result = line.run("init");
    if (result.code() != 0) {
      throw new IllegalStateException("init of " + name + " failed: " + result.err());
    }
  }

  public void start(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("daemon"));
    arguments.addAll(List.of(options));
    process = Optional.of(launch(arguments.toArray(String[]::new)));
  }

  /** How a command of the program ended, which was run in the peer's folder. */
  public record Ended(int code, String text) {}

  /** Runs a command such as {@code state export} to its end. */
  public Ended command(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, name, ".out");
    Process running = launch(out, arguments);
    return new Ended(running.waitFor(), Files.readString(out));
  }

  private Process launch(String... arguments) throws IOException {
    return launch(logFile(), arguments);
  }

  private Process launch(Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(program());
    command.addAll(List.of("-c", folder.resolve(name).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    return builder.start();
  }

  /** What tests run, or what users run if the property {@value #PROGRAM} names it. */
  private static List<String> program() {
    String program = System.getProperty(PROGRAM, "");
    return program.isEmpty()
        ? javaCommand("io.ecluster.service.Main")
        : new ArrayList<>(List.of(program));
  }

  /** The command that runs a program of this build. */
  public static List<String> javaCommand(String mainClass) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx160m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            mainClass));
  }

  /** Sends a signal such as {@code -TERM}. */
  public void signal(String signal) throws IOException, InterruptedException {
    Signals.send(signal, process.orElseThrow());
  }

  /** Waits for its end and gives the exit code. */
  public int exitCode() throws InterruptedException {
    Process running = process.orElseThrow();
    if (!running.waitFor(PeerProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " does not end");
    }
    return running.exitValue();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    if (process.isPresent()) {
      process.get().destroyForcibly().waitFor();
    }
  }

  /** SIGSTOP: from here on it does nothing, and says nothing of it. */
  public void pause() throws IOException, InterruptedException {
    Signals.pause(process.orElseThrow());
  }

  /** SIGCONT. */
  public void resume() throws IOException, InterruptedException {
    Signals.resume(process.orElseThrow());
  }

  public long pid() {
    return process.orElseThrow().pid();
  }

  /** The most memory it has had in RAM, in bytes. */
  public long peakMemoryBytes() throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.orElseThrow().pid()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  /** Bytes of all blocks on its disk, looked up by ourselves. */
  public long storedBytes() {
    return blockFiles().stream().mapToLong(PeerProcess::size).sum();
  }

  /** The files of its block store, without drafts. */
  public List<Path> blockFiles() {
    Path blocks = folder.resolve(name).resolve("ipfs").resolve("blocks");
    if (!Files.isDirectory(blocks)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(blocks)) {
      return folders.filter(Files::isDirectory).flatMap(PeerProcess::blocksIn).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> blocksIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".data")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // deleted just now
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path logFile() {
    return folder.resolve(name + ".log");
  }

  public String log() throws IOException {
    return Files.exists(logFile()) ? Files.readString(logFile()) : "";
  }

  public String id() throws IOException {
    Path identity = folder.resolve(name).resolve("identity.json");
    return Json.parseObject(Files.readString(identity)).text("id");
  }

  public String clusterAddress() throws IOException {
    return listenAddress() + "/p2p/" + id();
  }

  /** The last lines of its log. */
  public String logTail(int lines) throws IOException {
    List<String> all = log().lines().filter(line -> !line.startsWith("WARNING: ")).toList();
    return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
  }

  public String apiAddress() {
    return environment.getOrDefault("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", "/unix/none");
  }

  public String listenAddress() {
    return environment.getOrDefault("CLUSTER_LISTENMULTIADDRESS", "");
  }

  public String secret() {
    return environment.getOrDefault("CLUSTER_SECRET", "");
  }

  public String ipfsAddress() {
    return environment.getOrDefault("CLUSTER_EMBEDDED_LISTENMULTIADDRESS", "");
  }

  public ApiClient api() {
    String address = apiAddress();
    return new ApiClient(List.of(Endpoint.parse(address)), Optional.empty(), Duration.ofMinutes(3));
  }

  @Override
  public void close() {
    process.ifPresent(Process::destroyForcibly);
  }
}
