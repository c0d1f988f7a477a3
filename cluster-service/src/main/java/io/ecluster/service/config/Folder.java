package io.ecluster.service.config;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a peer: its configuration, its identity and its data. Secrets are readable by the
 * owner alone.
 */
public record Folder(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(Folder.class);
  private static final String SERVICE_JSON = "service.json";
  private static final String IDENTITY_JSON = "identity.json";

  public boolean initialised() {
    return Files.exists(path.resolve(SERVICE_JSON));
  }

  public boolean hasIdentity() {
    return Files.exists(path.resolve(IDENTITY_JSON));
  }

  /** Whether a peer may be using the folder. */
  public boolean hasFiles() {
    return initialised() || hasIdentity();
  }

  /** What commands say that need a peer. */
  public static ConfigException notInitialised(Path folder) {
    return new ConfigException(
        folder.resolve(SERVICE_JSON)
            + " is not there; run 'ipfs-cluster-service init' first, or name the folder with"
            + " --config");
  }

  /** A file of the folder; an absolute name stands for itself. */
  public Path resolve(String name) {
    return path.resolve(name);
  }

  /**
   * The configuration, from where service.json says that it is if it says so.
   *
   * @throws ConfigException if it is not there or cannot be read
   */
  public Settings settings(Map<String, String> environment) {
    return Settings.load(settingsText(), environment);
  }

  /** The text of the configuration, fetched if service.json only says where it is. */
  public String settingsText() {
    return RemoteConfig.resolve(localText());
  }

  /** What service.json says itself. */
  public String localText() {
    return read(SERVICE_JSON);
  }

  public void writeSettings(String json) {
    create();
    write(SERVICE_JSON, json, true);
  }

  /**
   * Who the peer is: from the environment, or identity.json.
   *
   * @throws ConfigException if there is none, or id and key do not belong together
   */
  public Identity identity(Map<String, String> environment) {
    String key = environment.getOrDefault("CLUSTER_PRIVATEKEY", "");
    String id = environment.getOrDefault("CLUSTER_ID", "");
    if (!key.isEmpty()) {
      return checked(key, id);
    }
    Map<String, String> saved = hasIdentity() ? identityJson() : migratedIdentity();
    return checked(
        saved.getOrDefault("private_key", ""), id.isEmpty() ? saved.getOrDefault("id", "") : id);
  }

  private Map<String, String> identityJson() {
    try {
      JsonObject json = Json.parseObject(read(IDENTITY_JSON));
      return Map.of("id", json.text("id"), "private_key", json.text("private_key"));
    } catch (JsonException e) {
      throw new ConfigException(IDENTITY_JSON + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Old configurations hold the identity; it gets a file of its own. */
  private Map<String, String> migratedIdentity() {
    JsonObject file =
        initialised() ? Json.parseObject(read(SERVICE_JSON)) : new JsonObject(Map.of());
    JsonObject cluster = file.object("cluster");
    if (cluster.text("private_key").isEmpty()) {
      throw new ConfigException(
          path.resolve(IDENTITY_JSON) + " is not there; run 'ipfs-cluster-service init' first");
    }
    Identity identity = checked(cluster.text("private_key"), cluster.text("id"));
    write(IDENTITY_JSON, json(identity), true);
    LOG.info("the identity in service.json was copied to {}", path.resolve(IDENTITY_JSON));
    return identityJson();
  }

  private static String json(Identity identity) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", identity.id().toString());
    json.put("private_key", identity.privateKeyBase64());
    return Json.writeIndented(json, "    ");
  }

  private static Identity checked(String key, String id) {
    try {
      Identity identity = Identity.fromPrivateKeyBase64(key);
      if (!id.isEmpty() && !identity.id().toString().equals(id)) {
        throw new ConfigException(
            "peer id " + id + " does not belong to the private key, which gives " + identity.id());
      }
      return identity;
    } catch (FormatException e) {
      throw new ConfigException("the private key cannot be read: " + e.getMessage(), e);
    }
  }

  /** Makes identity.json unless it is there, and gives the identity. */
  public Identity initialiseIdentity(Map<String, String> environment, SecureRandom random) {
    if (hasIdentity()) {
      return identity(environment);
    }
    create();
    String key = environment.getOrDefault("CLUSTER_PRIVATEKEY", "");
    Identity identity =
        key.isEmpty()
            ? Identity.generate(random)
            : checked(key, environment.getOrDefault("CLUSTER_ID", ""));
    write(IDENTITY_JSON, json(identity), true);
    return identity;
  }

  /**
   * @param file the name of the peerstore
   */
  public void writePeerstore(String file, List<String> addresses) {
    StringBuilder text = new StringBuilder();
    addresses.forEach(address -> text.append(address).append('\n'));
    write(file, text.toString(), false);
  }

  /**
   * Takes the folder for this process until the lock is closed.
   *
   * @throws ConfigException if another process has it
   */
  public Lock lock() {
    Path file = path.resolve("cluster.lock");
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      Optional<FileLock> lock = tryLock(channel);
      if (lock.isEmpty()) {
        channel.close();
        throw new ConfigException(
            "cannot lock "
                + file
                + ": another ipfs-cluster-service is using this folder; stop it first");
      }
      return new Lock(channel, file);
    } catch (IOException e) {
      throw new ConfigException("cannot lock " + file + ": " + e.getMessage(), e);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return Optional.ofNullable(lock);
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // another peer in this process has it
    }
  }

  /** Held while a process uses the folder. The system frees it if the process dies. */
  public record Lock(FileChannel channel, Path file) implements AutoCloseable {
    @Override
    public void close() {
      try {
        Files.deleteIfExists(file);
        channel.close();
      } catch (IOException e) {
        throw new ConfigException("cannot unlock " + file + ": " + e.getMessage(), e);
      }
    }
  }

  private void create() {
    try {
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new ConfigException("cannot make folder " + path + ": " + e.getMessage(), e);
    }
  }

  private String read(String name) {
    Path file = path.resolve(name);
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw file.endsWith(SERVICE_JSON)
          ? notInitialised(path)
          : new ConfigException(file + " is not there; run 'ipfs-cluster-service init' first", e);
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private void write(String name, String text, boolean secret) {
    Path file = path.resolve(name);
    String mode = secret ? "rw-------" : "rw-r--r--";
    try {
      Path fresh =
          Files.createTempFile(
              path,
              name,
              ".new",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
      Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE); // the old one, or the new one
    } catch (IOException e) {
      throw new ConfigException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
