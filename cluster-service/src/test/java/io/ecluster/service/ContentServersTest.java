package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.CarReader;
import io.ecluster.service.api.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateway and proxy of real daemons, with as many holders dead as the coding bears. */
class ContentServersTest {
  private static final int PEERS = 8;
  private static final int BYTES = 12 << 20;

  @TempDir Path folder;

  @Test
  void readWithTwoHoldersDeadWhatIsCoded() throws Exception {
    try (PeerProcesses peers = new PeerProcesses(folder)) {
      int gateway = peers.freePort();
      int proxy = peers.freePort();
      peers.start(
          PEERS,
          Map.of(
              0,
              Map.of(
                  "CLUSTER_GATEWAY_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + gateway,
                  "CLUSTER_IPFSPROXY_LISTENMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + proxy)));
      byte[] content = Coded.bytes(5, BYTES);
      String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY, content));
      Map<Long, String> holders = Coded.holders(peers.get(0), root);
      int killed = 0;
      for (long column = 0; killed < Coded.MARGIN; column++) {
        PeerProcess holder = Coded.holder(peers, holders, column);
        if (holder != peers.get(0)) {
          holder.kill();
          killed++;
        }
      }
      assertGatewayGives(gateway, root, content);
      assertProxyGives(proxy, root, content);
    }
  }

  private static TestServer.Answer get(int port, String target, String... headers)
      throws IOException {
    return TestServer.ask(port, "GET", target, new byte[0], headers);
  }

  private static void assertGatewayGives(int port, String root, byte[] content) throws IOException {
    assertThat(get(port, "/ipfs/" + root).body()).isEqualTo(content);
    int from = BYTES / 3;
    TestServer.Answer part =
        get(port, "/ipfs/" + root, "Range: bytes=" + from + "-" + (from + 999_999));
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, from, from + 1_000_000));
    assertThat(get(port, "/ipfs/" + root + "?format=tar").body().length).isGreaterThan(BYTES);
    CarReader car =
        new CarReader(new ByteArrayInputStream(get(port, "/ipfs/" + root + "?format=car").body()));
    long bytes = 0;
    for (var block = car.next(); block.isPresent(); block = car.next()) {
      bytes += block.get().size(); // each checked against its CID by the reader
    }
    assertThat(bytes).isBetween((long) BYTES, BYTES + 64L * 1024);
  }

  private static void assertProxyGives(int port, String root, byte[] content) throws IOException {
    String api = "/api/v0/";
    assertThat(get(port, api + "cat?arg=" + root).body()).isEqualTo(content);
    assertThat(get(port, api + "cat?arg=" + root + "&offset=5000000&length=10").body())
        .isEqualTo(Arrays.copyOfRange(content, 5_000_000, 5_000_010));
    assertThat(get(port, api + "get?arg=" + root).body().length).isGreaterThan(BYTES);
    assertThat(get(port, api + "ls?arg=" + root).text()).contains("\"Type\":2");
    assertThat(get(port, api + "pin/ls?arg=" + root).text()).contains("recursive");
  }
}
