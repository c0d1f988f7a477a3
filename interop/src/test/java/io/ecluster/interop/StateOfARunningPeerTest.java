package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state of a peer that is stopped, changed and started again, with a real Kubo below: what the
 * shell tests of the Go program ask of {@code state export}, {@code import} and {@code cleanup}.
 */
@NeedsKubo
class StateOfARunningPeerTest {
  @RegisterExtension static final KuboPeers CLUSTER = new KuboPeers(1);

  @TempDir Path temp;

  private final PeerProcess peer = CLUSTER.peers().get(0);
  private String cid = "";

  @BeforeEach
  void pinSomething() {
    byte[] text = "state of a peer".getBytes(StandardCharsets.UTF_8);
    cid =
        CLUSTER
            .kubo(0)
            .cli(new ByteArrayInputStream(text), "add", "-q", "--pin=false")
            .text()
            .strip();
    peer.api().call("POST", "/pins/ipfs/" + cid + "?name=kept");
    PeerProcesses.await("it is pinned", () -> status().equals("pinned"));
  }

  @AfterEach
  void forget() throws Exception {
    if (!peer.alive()) {
      start();
    }
    pins().forEach(pin -> peer.api().call("DELETE", "/pins/" + pin.text("cid")));
  }

  private List<JsonObject> pins() {
    List<JsonObject> pins = new ArrayList<>();
    peer.api().stream("GET", "/allocations", pins::add);
    return pins;
  }

  private String status() {
    JsonObject peers = JsonObject.of(peer.api().call("GET", "/pins/" + cid)).object("peer_map");
    return peers.keys().stream().map(key -> peers.object(key).text("status")).toList().getFirst();
  }

  private void stop() throws IOException, InterruptedException {
    peer.signal("-HUP");
    assertThat(peer.exitCode()).isZero();
  }

  private void start() throws IOException {
    peer.start();
    PeerProcesses.await("the API answers", this::answers);
  }

  private boolean answers() {
    try {
      peer.api().call("GET", "/version");
      return true;
    } catch (io.ecluster.client.ApiException e) {
      return false;
    }
  }

  private PeerProcess.Ended run(String... command) throws IOException, InterruptedException {
    return peer.command(command);
  }

  @Test
  void anExportHoldsWhatIsPinned() throws Exception {
    assertThat(run("state", "export").code()).as("while it runs").isEqualTo(1);
    stop();
    Path file = temp.resolve("export.json");
    assertThat(run("state", "export", "-f", file.toString()).code()).isZero();
    assertThat(Files.readAllLines(file)).hasSize(1).first().asString().contains(cid, "kept");
  }

  @Test
  void whatIsImportedIsPinnedAfterTheStart() throws Exception {
    stop();
    assertThat(run("state", "cleanup", "-f").code()).isZero();
    Path bad = Files.writeString(temp.resolve("bad"), "no export");
    assertThat(run("state", "import", "-f", bad.toString()).code()).isEqualTo(1);
    Path file =
        Files.writeString(
            temp.resolve("good"),
            "{\"cid\":\"%s\",\"name\":\"imported\",\"allocations\":[],\"replication_factor_min\":-1,"
                    .formatted(cid)
                + "\"replication_factor_max\":-1}");
    assertThat(run("state", "import", "-f", file.toString()).code()).isZero();
    start();
    assertThat(pins()).extracting(pin -> pin.text("name")).containsExactly("imported");
    PeerProcesses.await("it is pinned", () -> status().equals("pinned"));
  }

  @Test
  void cleanupEmptiesAndAnImportBringsBack() throws Exception {
    List<JsonObject> before = pins();
    stop();
    Path file = temp.resolve("export.json");
    assertThat(run("state", "export", "-f", file.toString()).code()).isZero();
    assertThat(run("state", "cleanup", "-f").code()).isZero();
    start();
    assertThat(pins()).isEmpty();
    stop();
    assertThat(run("state", "import", "-f", file.toString()).code()).isZero();
    start();
    assertThat(pins()).isEqualTo(before);
    PeerProcesses.await("it is pinned", () -> status().equals("pinned"));
  }
}
