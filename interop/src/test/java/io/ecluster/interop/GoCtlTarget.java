package io.ecluster.interop;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The Go daemon, which serves its API by libp2p as well. */
final class GoCtlTarget
    implements CtlTarget, BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private static final int IDENTITY = 41;

  private @Nullable Path folder;
  private @Nullable KuboProcess kubo;
  private @Nullable GoPeerProcess peer;
  private String libp2pListen = "";

  @Override
  public String host() {
    return peer().apiAddress();
  }

  /** The address of its API over libp2p. */
  String libp2pHost() {
    return libp2pListen + "/p2p/" + FakeNetwork.identity(IDENTITY).id();
  }

  @Override
  public KuboProcess kubo() {
    return Objects.requireNonNull(kubo, "not started");
  }

  private GoPeerProcess peer() {
    return Objects.requireNonNull(peer, "not started");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    folder = Files.createTempDirectory("go-peer");
    kubo = KuboProcess.started(folder.resolve("kubo"), Optional.empty());
    PeerProcesses ports = new PeerProcesses(folder);
    peer = GoPeerProcess.init(folder.resolve("go0"), ports, kubo, Map.of());
    libp2pListen = "/ip4/127.0.0.1/tcp/" + ports.freePort();
    serveByLibp2p(peer.folder().resolve("service.json"));
    peer.start();
  }

  /** There are no variables for this. */
  private void serveByLibp2p(Path file) {
    Identity identity = FakeNetwork.identity(IDENTITY);
    try {
      Map<String, @Nullable Object> service =
          new LinkedHashMap<>(Json.parseObject(Files.readString(file)).fields());
      Map<String, @Nullable Object> api = changed(service, "api");
      Map<String, @Nullable Object> rest = changed(api, "restapi");
      rest.put("libp2p_listen_multiaddress", libp2pListen);
      rest.put("id", identity.id().toString());
      rest.put("private_key", identity.privateKeyBase64());
      Files.writeString(file, Json.writeIndented(service, "  "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, @Nullable Object> changed(
      Map<String, @Nullable Object> parent, String key) {
    Map<String, @Nullable Object> child =
        new LinkedHashMap<>(new JsonObject(parent).object(key).fields());
    parent.put(key, child);
    return child;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed. The end of the Go peer's log:");
      System.err.println(peer().log());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (peer != null) {
      peer.close();
    }
    if (kubo != null) {
      kubo.close();
    }
    if (folder != null) {
      Folders.delete(folder);
    }
  }
}
