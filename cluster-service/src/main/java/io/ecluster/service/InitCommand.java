package io.ecluster.service;

import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ClusterSettings;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code init}: makes service.json, identity.json and the peerstore. */
final class InitCommand {
  private static final int SECRET_BYTES = 32;

  private final Folder folder;
  private final Map<String, String> environment;
  private final PrintStream err;
  private final SecureRandom random = new SecureRandom();

  InitCommand(Folder folder, Map<String, String> environment, PrintStream err) {
    this.folder = folder;
    this.environment = environment;
    this.err = err;
  }

  /** What the command line asks for. */
  record Options(String consensus, boolean force, boolean randomPorts, List<String> peers) {}

  void run(Options options) {
    if (!options.consensus().equals("crdt")) {
      throw new ConfigException(
          "consensus "
              + options.consensus()
              + " is not supported; use crdt. To leave a raft cluster: export its state with the"
              + " Go program, init here as crdt, and import the state");
    }
    if (folder.initialised() && !options.force()) {
      throw new ConfigException(
          folder.path() + " is initialised already; use --force to write a new configuration");
    }
    List<Multiaddr> peers = options.peers().stream().map(InitCommand::peerAddress).toList();
    String json = Settings.initialise(presets(options, peers), environment, generated());
    Identity identity = folder.initialiseIdentity(environment, random);
    folder.writeSettings(json); // only now: whatever can be wrong has been found
    folder.writePeerstore(
        Settings.load(json, environment).cluster().peerstoreFile(), options.peers());
    err.println("configuration written to " + folder.resolve("service.json"));
    err.println("this peer is " + identity.id());
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

  private static JsonObject presets(Options options, List<Multiaddr> peers) {
    Map<String, @Nullable Object> root = new LinkedHashMap<>();
    if (!peers.isEmpty()) {
      List<String> trusted =
          peers.stream().flatMap(peer -> peer.peerId().stream()).map(Object::toString).toList();
      root.put("consensus", Map.of("crdt", Map.of("trusted_peers", trusted)));
    }
    if (options.randomPorts()) {
      root.put("cluster", Map.of("listen_multiaddress", List.of("/ip4/0.0.0.0/tcp/" + freePort())));
      root.put(
          "api",
          Map.of(
              "restapi", Map.of("http_listen_multiaddress", freeLoopback()),
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
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new ClusterSettings.Generated(hostName(), HexFormat.of().formatHex(secret));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  static List<String> split(String commaList) {
    return Stream.of(commaList.split(",")).filter(text -> !text.isBlank()).toList();
  }
}
