package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.service.SecuredPeer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code ipfs pin remote} of Kubo against our pinning service, with a token. */
@NeedsKubo
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KuboRemotePinTest {
  @TempDir static Path folder;

  private KuboProcess kubo;
  private SecuredPeer peer;

  @BeforeAll
  void start() throws Exception {
    kubo = KuboProcess.started(folder.resolve("kubo"), Optional.empty());
    peer = SecuredPeer.start(folder, false, true);
    kubo.run("pin", "remote", "service", "add", "ours", peer.pinningService(), token());
  }

  @AfterAll
  void stop() {
    peer.close();
    kubo.close();
  }

  private String token() throws IOException, InterruptedException {
    byte[] user = SecuredPeer.USER.getBytes(StandardCharsets.UTF_8);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(peer.pinningService() + "/token"))
              .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      return Json.parseObject(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .text("token");
    }
  }

  private String added(String content) {
    ByteArrayInputStream in = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    return kubo.cli(in, "add", "-Q").text().strip();
  }

  private List<String> listed(String... options) {
    String[] words = new String[options.length + 4];
    System.arraycopy(new String[] {"pin", "remote", "ls", "--service=ours"}, 0, words, 0, 4);
    System.arraycopy(options, 0, words, 4, options.length);
    return kubo.run(words).lines().toList();
  }

  @Test
  void whatKuboHasIsPinnedListedAndRemoved() {
    String cid = added("content of a file");
    // It waits until the pin is done: our node fetches from Kubo, which dials what it is told of.
    String said = kubo.run("pin", "remote", "add", "--service=ours", "--name=a file", cid);
    assertThat(said).contains("CID:    " + cid, "Name:   a file", "Status: pinned");
    assertThat(listed()).containsExactly(cid + "\tpinned\ta file");
    assertThat(listed("--name=a file")).hasSize(1);
    assertThat(listed("--name=another")).isEmpty();
    assertThat(listed("--cid=" + cid)).hasSize(1);
    assertThat(listed("--status=queued,pinning,failed")).isEmpty();
    assertThat(kubo.run("pin", "remote", "service", "ls", "--stat")).contains("0/0/1/0");
    kubo.run("pin", "remote", "rm", "--service=ours", "--name=a file");
    assertThat(listed("--status=queued,pinning,pinned,failed")).isEmpty();
  }

  @Test
  void whatNobodyHasIsNotSaidToBePinned() {
    String cid = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    kubo.run("pin", "remote", "add", "--service=ours", "--background", "--name=lost", cid);
    assertThat(listed("--name=lost", "--status=queued,pinning,failed")).hasSize(1);
    assertThat(listed("--name=lost")).isEmpty();
    kubo.run(
        "pin", "remote", "rm", "--service=ours", "--status=queued,pinning,failed", "--name=lost");
    assertThat(listed("--name=lost", "--status=queued,pinning,failed")).isEmpty();
  }

  @Test
  void aWrongTokenIsToldInWords() {
    kubo.run("pin", "remote", "service", "add", "wrong", peer.pinningService(), "a.b.c");
    KuboProcess.Output output = kubo.cli("pin", "remote", "ls", "--service=wrong");
    assertThat(output.exit()).isNotZero();
    assertThat(output.errors()).contains("unauthorized: invalid token");
  }
}
