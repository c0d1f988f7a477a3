package io.ecluster.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The Docker engine of this machine with the images that tests run: the peer's, built from what
 * this build has compiled, and one of Kubo.
 */
final class DockerEngine {
  private static final Duration BUILDING = Duration.ofMinutes(15);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Images of tests have a name of their own, so that they replace nobody's. */
  private static final String PEER_IMAGE = "ecluster-under-test";

  private static final Path SCRIPTS = Path.of("..", "docker").toAbsolutePath().normalize();
  private static final DockerEngine INSTANCE = find();

  private final String whyNot;
  private final String config;
  private final String kuboImage;
  private final Command.Result built;

  private DockerEngine(String whyNot, String config, String kuboImage, Command.Result built) {
    this.whyNot = whyNot;
    this.config = config;
    this.kuboImage = kuboImage;
    this.built = built;
  }

  static DockerEngine instance() {
    return INSTANCE;
  }

  /** Why there is none; empty if there is one. */
  String whyNot() {
    return whyNot;
  }

  /**
   * @throws IllegalStateException if it could not be built
   */
  String peerImage() {
    built.ok();
    return PEER_IMAGE;
  }

  String kuboImage() {
    return kuboImage;
  }

  static Path composeFile() {
    return SCRIPTS.resolveSibling("docker-compose-erasure.yml");
  }

  /** What {@code docker compose} needs to be there. */
  Map<String, String> environment() {
    return config.isEmpty() ? Map.of() : Map.of("DOCKER_CONFIG", config);
  }

  Command.Result docker(String... words) {
    List<String> all = new ArrayList<>(List.of("docker"));
    all.addAll(Arrays.asList(words));
    return new Command(environment()).run(PATIENCE, all);
  }

  /** What cannot be had skips the tests; an image that cannot be built from it fails them. */
  private static DockerEngine find() {
    Command.Result info = new Command(Map.of()).run(PATIENCE, List.of("sh", "-c", "docker info"));
    if (info.code() != 0) {
      return without("no Docker engine answers to the command 'docker info'");
    }
    try {
      String config = lastLine(script("compose-config"));
      String kubo = lastLine(script("kubo-image"));
      lastLine(script("base"));
      return new DockerEngine("", config, kubo, script("build", PEER_IMAGE));
    } catch (IllegalStateException e) {
      return without("what the images are made of cannot be had: " + e.getMessage());
    }
  }

  private static DockerEngine without(String whyNot) {
    return new DockerEngine(whyNot, "", "", new Command.Result(1, whyNot));
  }

  private static Command.Result script(String name, String... arguments) {
    List<String> words = new ArrayList<>(List.of(SCRIPTS.resolve(name).toString()));
    words.addAll(Arrays.asList(arguments));
    return new Command(Map.of("COMPILED", "1")).run(BUILDING, words);
  }

  private static String lastLine(Command.Result result) {
    String text = result.ok();
    return text.substring(text.lastIndexOf('\n') + 1);
  }
}
