package io.ecluster.service;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ClusterSettings;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code init}: makes service.json, identity.json and the peerstore. */
final class InitCommand {
  private static final int SECRET_BYTES = 32;
  private static final List<String> DATASTORES =
      List.of("rocksdb", "badger", "badger3", "leveldb", "pebble");

  private final Invocation invocation;
  private final Folder folder;
  private final Map<String, String> environment;
  private final SecureRandom random = new SecureRandom();

  private InitCommand(Invocation invocation) {
    this.invocation = invocation;
    folder = invocation.folder();
    environment = invocation.environment();
  }

  static int run(Invocation invocation) {
    new InitCommand(invocation).run();
    return Main.OK;
  }

  private void run() {
    requireCrdt(invocation.text("--consensus"));
    requireDatastore(invocation.text("--datastore"));
    Optional<String> source = invocation.operand();
    List<Multiaddr> peers =
        invocation.items("--peers").stream().map(InitCommand::peerAddress).toList();
    if (!folder.hasFiles()) {
      write(source, peers);
      return;
    }
    try (Folder.Lock _ = folder.lock()) {
      if (mayReplace()) {
        write(source, peers);
      }
    }
  }

  private static void requireCrdt(String consensus) {
    if (!consensus.equals("crdt")) {
      throw new ConfigException(
          "consensus "
              + consensus
              + " is not supported; use crdt. To leave a raft cluster: export its state with the"
              + " Go program, init here as crdt, and import the state");
    }
  }

  private static void requireDatastore(String datastore) {
    if (!DATASTORES.contains(datastore)) {
      throw new ConfigException("--datastore must be one of " + DATASTORES + ", not " + datastore);
    }
  }

  private boolean mayReplace() {
    return !folder.initialised()
        || invocation.flag("--force")
        || invocation.globalFlag("--force")
        || invocation.console().confirm("The configuration file will be overwritten.");
  }

  private void write(Optional<String> source, List<Multiaddr> peers) {
    boolean newIdentity = !folder.hasIdentity();
    String json =
        source.isPresent()
            ? Json.writeIndented(Map.of("source", remote(source.get())), "  ")
            : Settings.initialise(presets(peers), environment, generated());
    Identity identity = folder.initialiseIdentity(environment, random);
    folder.writeSettings(json); // only now: whatever can be wrong has been found
    say("configuration written to " + folder.resolve("service.json") + ".");
    if (newIdentity) {
      say("new identity written to " + folder.resolve("identity.json"));
    }
    say("this peer is " + identity.id());
    if (source.isEmpty()) {
      writePeerstore(Settings.load(json, environment).cluster().peerstoreFile(), peers);
    }
  }

  private static String remote(String source) {
    if (!source.startsWith("http://") && !source.startsWith("https://")) {
      throw new ConfigException("a configuration is fetched by http or https, not from " + source);
    }
    return source;
  }

  private void writePeerstore(String file, List<Multiaddr> peers) {
    folder.writePeerstore(file, peers.stream().map(Multiaddr::toString).toList());
    say(
        peers.isEmpty()
            ? "new empty peerstore written to " + folder.resolve(file) + "."
            : "peerstore written to "
                + folder.resolve(file)
                + " with "
                + peers.size()
                + " entries.");
  }

  private void say(String line) {
    invocation.console().err().println(line);
  }

  private static Multiaddr peerAddress(String text) {
    try {
      Multiaddr address = Multiaddr.parse(text);
      if (address.peerId().isPresent()) {
        return address;
      }
    } catch (FormatException e) {
      throw new ConfigException("--peers: " + e.getMessage(), e);
    }
    throw new ConfigException("--peers: " + text + " needs /p2p/ID at its end");
  }

  private JsonObject presets(List<Multiaddr> peers) {
    Map<String, @Nullable Object> root = new LinkedHashMap<>();
    if (!peers.isEmpty()) {
      List<String> trusted =
          peers.stream().flatMap(peer -> peer.peerId().stream()).map(Object::toString).toList();
      root.put("consensus", Map.of("crdt", Map.of("trusted_peers", trusted)));
    }
    if (invocation.flag("--randomports")) {
      root.put("cluster", Map.of("listen_multiaddress", List.of("/ip4/0.0.0.0/tcp/" + freePort())));
      root.put(
          "api",
          Map.of(
              "restapi", Map.of("http_listen_multiaddress", freeLoopback()),
              "pinsvcapi", Map.of("http_listen_multiaddress", freeLoopback()),
              "ipfsproxy", Map.of("listen_multiaddress", freeLoopback()),
              "gateway", Map.of("listen_multiaddress", freeLoopback())));
    }
    return new JsonObject(root);
  }

  private static String freeLoopback() {
    return "/ip4/127.0.0.1/tcp/" + freePort();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new ConfigException("no free port: " + e.getMessage(), e);
    }
  }

  private ClusterSettings.Generated generated() {
    return new ClusterSettings.Generated(hostName(), secret());
  }

  private String secret() {
    if (invocation.flag("--custom-secret")) {
      return invocation.console().ask("Enter cluster secret (32-byte hex string):");
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
