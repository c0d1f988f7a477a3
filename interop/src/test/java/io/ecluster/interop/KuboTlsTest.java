package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.TlsTerminator;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Multiaddr;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kubo behind something that speaks TLS; its authority is one that the operator adds. */
@NeedsKubo
@Timeout(120)
class KuboTlsTest {
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final Block BLOCK = TestDag.raw("hello");

  @RegisterExtension static final KuboNode KUBO = new KuboNode();

  @TempDir Path folder;

  @AfterEach
  void trustAsBefore() {
    System.clearProperty(TRUST_STORE);
    System.clearProperty("javax.net.ssl.trustStorePassword");
  }

  @Test
  void isUsedOnceItsCertificateIsTrusted() throws Exception {
    Path keys = TlsTerminator.makeKeys(folder);
    try (TlsTerminator tls = TlsTerminator.before(KUBO.process().api(), keys)) {
      for (String address : List.of("", "/https", "/tls/http")) {
        refuses(address.isEmpty(), tls.address() + address);
      }
      System.setProperty(TRUST_STORE, keys.toString());
      System.setProperty("javax.net.ssl.trustStorePassword", TlsTerminator.PASSWORD);
      try (KuboIpfsNode node = open(true, tls.address())) {
        node.put(List.of(BLOCK));
        assertThat(node.getLocal(BLOCK.cid())).contains(BLOCK.data());
        assertThat(node.id().id()).isEqualTo(KUBO.process().peerId());
      }
    }
  }

  private static void refuses(boolean https, String address) {
    try (KuboIpfsNode node = open(https, address)) {
      assertThatThrownBy(node::id)
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("no TLS with Kubo at " + address)
          .hasMessageContaining(TRUST_STORE);
    }
  }

  @Test
  void isNotTakenForGrantedWhereKuboSpeaksNone() {
    try (KuboIpfsNode node = open(true, KUBO.process().api().toString())) {
      assertThatThrownBy(node::id)
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("no TLS with Kubo at");
    }
  }

  private static KuboIpfsNode open(boolean https, String address) {
    KuboSettings at = KuboSettings.at(Multiaddr.parse(address));
    return KuboIpfsNode.open(
        new KuboSettings(
            at.address(),
            https,
            "",
            at.requestTimeout(),
            at.pinTimeout(),
            at.unpinTimeout(),
            at.repoGcTimeout(),
            false));
  }
}
