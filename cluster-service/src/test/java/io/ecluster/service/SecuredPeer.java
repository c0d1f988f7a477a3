package io.ecluster.service;

import io.ecluster.client.Json;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.service.http.PemFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A daemon whose HTTP API asks for a password, speaks TLS, or both; and over libp2p besides. */
public final class SecuredPeer implements AutoCloseable {
  /** The one user, and the password. */
  public static final String USER = "testuser:testpass";

  private static final String NAME = "secured";

  private final PeerProcess peer;
  private final int port;
  private final int libp2pPort;
  private final int pinningPort;
  private final Identity libp2p;
  private final Optional<PemFiles> files;

  private SecuredPeer(
      PeerProcess peer,
      int port,
      int libp2pPort,
      int pinningPort,
      Identity libp2p,
      Optional<PemFiles> files) {
    this.peer = peer;
    this.port = port;
    this.libp2pPort = libp2pPort;
    this.pinningPort = pinningPort;
    this.libp2p = libp2p;
    this.files = files;
  }

  /** Makes it and waits until it answers. */
  public static SecuredPeer start(Path folder, boolean tls, boolean users) throws Exception {
    PeerProcesses ports = new PeerProcesses(folder);
    int port = ports.freePort();
    int libp2pPort = ports.freePort();
    int pinningPort = ports.freePort();
    Identity libp2p = Identity.generate(new SecureRandom());
    Map<String, String> environment = new HashMap<>();
    environment.put("CLUSTER_SECRET", "");
    environment.put("CLUSTER_LISTENMULTIADDRESS", loopback(ports.freePort()));
    environment.put("CLUSTER_EMBEDDED_LISTENMULTIADDRESS", loopback(ports.freePort()));
    environment.put("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", loopback(port));
    environment.put("CLUSTER_RESTAPI_LIBP2PLISTENMULTIADDRESS", loopback(libp2pPort));
    environment.put("CLUSTER_RESTAPI_ID", libp2p.id().toString());
    environment.put("CLUSTER_RESTAPI_PRIVATEKEY", libp2p.privateKeyBase64());
    for (String off : new String[] {"IPFSPROXY_", "GATEWAY_"}) {
      environment.put("CLUSTER_" + off + "LISTENMULTIADDRESS", "");
    }
    environment.put("CLUSTER_PINSVCAPI_HTTPLISTENMULTIADDRESS", loopback(pinningPort));
    if (users) {
      environment.put("CLUSTER_PINSVCAPI_BASICAUTHCREDENTIALS", USER);
      environment.put("CLUSTER_RESTAPI_BASICAUTHCREDENTIALS", USER);
    }
    if (tls) { // names in the folder of the configuration
      environment.put("CLUSTER_RESTAPI_SSLCERTFILE", "cert.pem");
      environment.put("CLUSTER_RESTAPI_SSLKEYFILE", "key.pem");
    }
    PeerProcess peer = new PeerProcess(folder, NAME, environment);
    peer.initHere();
    Optional<PemFiles> files =
        tls
            ? Optional.of(PemFiles.make(folder.resolve(NAME), "-keyalg", "RSA", "-keysize", "2048"))
            : Optional.empty();
    peer.start();
    SecuredPeer secured = new SecuredPeer(peer, port, libp2pPort, pinningPort, libp2p, files);
    PeerProcesses.await("the peer answers", secured::isAlive);
    return secured;
  }

  private static String loopback(int port) {
    return "/ip4/127.0.0.1/tcp/" + port;
  }

  private boolean isAlive() {
    try {
      return get(files.isPresent(), "/health", "").statusCode() == 204;
    } catch (IOException e) {
      return false;
    }
  }

  /** What {@code --host} takes. */
  public String address() {
    return loopback(port);
  }

  /** What {@code --host} takes for HTTP over libp2p. */
  public String libp2pAddress() {
    return loopback(libp2pPort) + "/p2p/" + libp2p.id();
  }

  /** The Pinning Services API, which is plain HTTP. */
  public String pinningService() {
    return "http://127.0.0.1:" + pinningPort;
  }

  public PeerProcess process() {
    return peer;
  }

  /** The peer's id in the cluster. */
  public String id() throws IOException {
    return peer.id();
  }

  /**
   * One request, by a client that trusts the peer's certificate alone.
   *
   * @param user and password; empty for none
   */
  public HttpResponse<String> get(boolean https, String target, String user) throws IOException {
    HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    try (HttpClient built = trusting(client).build()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
                  URI.create((https ? "https" : "http") + "://127.0.0.1:" + port + target))
              .timeout(Duration.ofSeconds(60));
      if (!user.isEmpty()) {
        byte[] pair = user.getBytes(StandardCharsets.UTF_8);
        request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
      }
      return built.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private HttpClient.Builder trusting(HttpClient.Builder client) throws IOException {
    try {
      return files.isPresent() ? client.sslContext(files.get().clientContext()) : client;
    } catch (java.security.GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** A value of the object that {@code GET /id} answers with. */
  public static String idIn(HttpResponse<String> answer) {
    return Json.parseObject(answer.body()).text("id");
  }

  @Override
  public void close() {
    peer.close();
  }
}
