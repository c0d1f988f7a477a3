package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.multiformats.Multiaddr;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our command line drives the Go daemon, by HTTP and over libp2p. */
@NeedsKubo
@NeedsGoCluster
class CtlOnGoPeerTest extends CtlScenarios {
  @RegisterExtension static final GoCtlTarget TARGET = new GoCtlTarget();

  @Override
  CtlProgram program() {
    return CtlProgram.OURS;
  }

  @Override
  CtlTarget target() {
    return TARGET;
  }

  @Test
  @Order(20)
  void commandsWorkOverLibp2p() {
    List<String> host = List.of("--host", TARGET.libp2pHost());
    assertThat(program().run(folder, words(host, "version")).ok()).startsWith("1.1.6");
    assertThat(program().run(folder, words(host, "add", "bigfile.bin")).ok())
        .isEqualTo(ctl("add bigfile.bin").ok());
    CtlProgram.Result missing =
        program()
            .run(
                folder, words(host, "pin", "ls", "QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ"));
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.out()).contains("Code: 404");
    assertThat(missing.err()).isEmpty();
  }

  @Test
  @Order(21)
  void theSpareHostIsUsed() {
    Multiaddr dead = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
    String hosts =
        dead + "," + dead.withPeerId(Multiaddr.parse(TARGET.libp2pHost()).peerId().orElseThrow());
    List<String> all = List.of("--host", hosts + "," + TARGET.host(), "version");
    assertThat(program().run(folder, all).ok()).startsWith("1.1.6");
  }

  private static List<String> words(List<String> first, String... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toList();
  }
}
