package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Multiaddr;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways to the API of a real daemon other than an open port, and a disk that takes no more. */
@NeedsKubo
@Timeout(120)
class KuboApiTest {
  private static final Block BLOCK = TestDag.raw("hello");

  @TempDir Path folder;

  @Test
  void mayBeAUnixSocket() {
    Path socket = folder.resolve("api.sock");
    try (KuboProcess kubo = KuboProcess.init(folder.resolve("kubo"), Optional.empty())) {
      kubo.run("config", "Addresses.API", "/unix" + socket);
      kubo.start();
      try (KuboIpfsNode node = open(KuboSettings.at(Multiaddr.parse("/unix" + socket)))) {
        node.put(List.of(BLOCK));
        assertThat(node.getLocal(BLOCK.cid())).contains(BLOCK.data());
        kubo.stop(); // a killed one leaves its socket behind and does not start again
        assertThatThrownBy(node::id).isInstanceOf(IpfsException.class);
        kubo.start();
        assertThat(node.getLocal(BLOCK.cid())).contains(BLOCK.data());
      }
    }
  }

  @Test
  void mayAskForAToken() {
    authorizes("bearer:tell-nobody", "Bearer tell-nobody");
  }

  @Test
  void mayAskForAPassword() {
    byte[] pair = "user:tell-nobody".getBytes(StandardCharsets.UTF_8);
    authorizes("basic:user:tell-nobody", "Basic " + Base64.getEncoder().encodeToString(pair));
  }

  private void authorizes(String secret, String header) {
    try (KuboProcess kubo = KuboProcess.started(folder.resolve("kubo"), Optional.empty())) {
      KuboSettings settings = KuboSettings.at(kubo.api());
      kubo.stop();
      kubo.run(
          "config",
          "--json",
          "API.Authorizations",
          "{\"we\":{\"AuthSecret\":\"" + secret + "\",\"AllowedPaths\":[\"/api/v0\"]}}");
      kubo.start();
      try (KuboIpfsNode node = open(settings.withAuthorization(header))) {
        node.put(List.of(BLOCK));
        assertThat(node.has(BLOCK.cid())).isTrue();
      }
      for (String wrong : List.of("", "Bearer wrong", "Basic wrong")) {
        try (KuboIpfsNode node = open(settings.withAuthorization(wrong))) {
          assertThatThrownBy(node::id)
              .isInstanceOf(IpfsException.class)
              .hasMessageContaining(
                  "set ipfshttp.api_auth to what its API.Authorizations asks for");
        }
      }
    }
  }

  private static KuboIpfsNode open(KuboSettings settings) {
    return KuboIpfsNode.open(settings);
  }
}
