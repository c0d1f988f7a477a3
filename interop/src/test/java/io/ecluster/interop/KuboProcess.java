package io.ecluster.interop;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A Kubo daemon in a process of its own, on loopback, with no routing: it finds only whom it is
 * connected to. Its ports stay the same over restarts.
 */
public final class KuboProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long COMMAND_MINUTES = 3;

  /** Of POSIX's shell. */
  private static final int FILE_LIMIT_UNIT_BYTES = 512;

  private final Place place;
  private final Path repo;
  private final Path log;
  private Optional<Process> daemon = Optional.empty();
  private Optional<Multiaddr> api = Optional.empty();
  private int fileLimitBytes;

  private KuboProcess(Path repo, Place place) {
    this.place = place;
    this.repo = repo;
    this.log = repo.resolveSibling(repo.getFileName() + ".log");
  }

  /**
   * Makes a repository.
   *
   * @param swarmKey 64 hex digits of a private network's key, if it shall be in one
   */
  public static KuboProcess init(Path repo, Optional<String> swarmKey) {
    return init(repo, swarmKey, Place.LOOPBACK);
  }

  private static KuboProcess init(Path repo, Optional<String> swarmKey, Place place) {
    KuboProcess kubo = new KuboProcess(repo, place);
    kubo.run("init", "--profile=test");
    kubo.run("config", "Addresses.API", place.api(0));
    kubo.run("config", "--json", "Addresses.Swarm", "[\"" + place.swarm(0) + "\"]");
    kubo.run("config", "Routing.Type", "none");
    kubo.run("config", "--json", "Swarm.Transports.Network.Websocket", "false");
    kubo.run("config", "--json", "Swarm.Transports.Network.QUIC", "false");
    swarmKey.ifPresent(key -> kubo.write("swarm.key", "/key/swarm/psk/1.0.0/\n/base16/\n" + key));
    return kubo;
  }

  /** As {@link #init}, and starts it. */
  public static KuboProcess started(Path repo, Optional<String> swarmKey) {
    KuboProcess kubo = init(repo, swarmKey);
    kubo.start();
    return kubo;
  }

  /**
   * Makes a repository and starts its daemon somewhere else than on loopback.
   *
   * @param storageMax how much it may store, as its configuration says it
   */
  static KuboProcess started(Path repo, Place place, String storageMax) {
    KuboProcess kubo = init(repo, Optional.empty(), place);
    kubo.run("config", "Datastore.StorageMax", storageMax);
    kubo.start();
    return kubo;
  }

  /** Starts the daemon and waits until it says that it is ready. */
  public void start(String... options) {
    List<String> command = new ArrayList<>(List.of(RealProgram.KUBO.path().toString(), "daemon"));
    command.addAll(List.of(options));
    try {
      Files.deleteIfExists(log);
      ProcessBuilder builder = builder(place.launching(limited(command))).redirectErrorStream(true);
      daemon = Optional.of(builder.redirectOutput(log.toFile()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await("Kubo is ready", () -> log().contains("Daemon is ready"));
    if (api.isEmpty()) {
      keepPlace();
    }
  }

  /** Lets a daemon started from now on write no larger files. */
  public void limitFiles(int bytes) {
    fileLimitBytes = bytes;
  }

  private List<String> limited(List<String> command) {
    if (fileLimitBytes == 0) {
      return command;
    }
    int blocks = fileLimitBytes / FILE_LIMIT_UNIT_BYTES;
    List<String> shell =
        new ArrayList<>(List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"));
    shell.addAll(command);
    return shell;
  }

  private void keepPlace() {
    api = Optional.of(Multiaddr.parse(read("api").strip()));
    run("config", "Addresses.API", api().toString());
    run("config", "--json", "Addresses.Swarm", "[\"" + swarmListen() + "\"]");
  }

  private String swarmListen() {
    return swarmAddress().toString().replaceAll("/p2p/.*", "");
  }

  /** Where its RPC API is. */
  public Multiaddr api() {
    return api.orElseThrow(() -> new IllegalStateException("not started"));
  }

  /** Where other nodes reach it, with its peer id. */
  public Multiaddr swarmAddress() {
    return id().list("Addresses").stream()
        .map(address -> Multiaddr.parse((String) address))
        .findFirst()
        .orElseThrow();
  }

  public PeerId peerId() {
    return PeerId.parse(id().text("ID"));
  }

  private JsonObject id() {
    return Json.parseObject(run("id"));
  }

  public void connect(Multiaddr address) {
    run("swarm", "connect", address.toString());
  }

  /** Runs a command of its command line. */
  public Output cli(String... arguments) {
    return cli(InputStream.nullInputStream(), arguments);
  }

  /** Runs a command of its command line that reads {@code input}. */
  public Output cli(InputStream input, String... arguments) {
    List<String> command = new ArrayList<>(List.of(RealProgram.KUBO.path().toString()));
    command.addAll(List.of(arguments));
    try {
      Process process = builder(command).start();
      Thread feeder = Thread.ofVirtual().start(() -> feed(input, process.getOutputStream()));
      ByteArrayOutputStream errors = new ByteArrayOutputStream();
      Thread reader = Thread.ofVirtual().start(() -> drain(process.getErrorStream(), errors));
      byte[] out = process.getInputStream().readAllBytes();
      if (!process.waitFor(COMMAND_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
      feeder.join();
      reader.join();
      return new Output(process.waitFor(), out, errors.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Runs a command that must succeed, and gives what it prints. */
  public String run(String... arguments) {
    Output output = cli(arguments);
    if (output.exit() != 0) {
      throw new AssertionError(
          "ipfs " + String.join(" ", arguments) + " failed: " + output.errors() + log());
    }
    return output.text();
  }

  /** What a command printed. */
  public record Output(int exit, byte[] out, String errors) {
    public String text() {
      return new String(out, StandardCharsets.UTF_8);
    }
  }

  private static void feed(InputStream input, OutputStream out) {
    try (out) {
      input.transferTo(out);
    } catch (IOException e) {
      // the command ended without reading all
    }
  }

  private static void drain(InputStream from, OutputStream to) {
    try {
      from.transferTo(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("IPFS_PATH", repo.toString());
    builder.environment().put("IPFS_TELEMETRY", "off");
    builder.environment().put("LIBP2P_TCP_MUX", "false");
    return builder;
  }

  public boolean alive() {
    return daemon.filter(Process::isAlive).isPresent();
  }

  /** SIGTERM, and waits. */
  public void stop() {
    end(Process::destroy);
  }

  /** SIGKILL. */
  public void kill() {
    end(Process::destroyForcibly);
  }

  private void end(Consumer<Process> how) {
    daemon.ifPresent(process -> {
      how.accept(process);
      process.onExit().join();
    });
    daemon = Optional.empty();
  }

  /** SIGSTOP: from here on it does nothing, and says nothing of it. */
  public void pause() {
    signal("STOP");
    await("all its threads are stopped", () -> threadStates().allMatch("T"::equals));
  }

  /** As Linux names them; elsewhere nothing is known of them. */
  private Stream<String> threadStates() {
    Path tasks = Path.of("/proc", String.valueOf(daemon.orElseThrow().pid()), "task");
    return Files.isDirectory(tasks)
        ? filesIn(tasks).stream()
            .map(task -> text(task.resolve("stat")).replaceAll("(?s).*\\) (\\S).*", "$1"))
        : Stream.empty();
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      long pid = daemon.orElseThrow().pid();
      new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes of all blocks in its store, looked up on disk; drafts are none. */
  public long storedBytes() {
    return filesIn(repo.resolve("blocks")).stream()
        .filter(
            folder -> Files.isDirectory(folder) && !folder.getFileName().toString().startsWith("."))
        .flatMap(folder -> filesIn(folder).stream())
        .filter(file -> file.toString().endsWith(".data"))
        .mapToLong(KuboProcess::size)
        .sum();
  }

  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
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

  /** Its repository's folder. */
  public Path repo() {
    return repo;
  }

  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String read(String name) {
    return text(repo.resolve(name));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, String text) {
    try {
      Files.writeString(repo.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String what, BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end) || daemon.filter(Process::isAlive).isEmpty()) {
        throw new AssertionError("not so: " + what + "\n" + log());
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @Override
  public void close() {
    kill();
  }
}
