package io.ecluster.core.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerstoreTest {
  private static final Multiaddr FIRST = address("/ip4/10.0.0.1/tcp/9096", 1);
  private static final Multiaddr SECOND = address("/dns4/example.org/tcp/9096", 2);

  @TempDir private Path folder;
  private Path file;
  private Peerstore store;

  @BeforeEach
  void openStore() {
    file = folder.resolve("peerstore");
    store = new Peerstore(file);
  }

  private static Multiaddr address(String text, int seed) {
    return Multiaddr.parse(text).withPeerId(FakeNetwork.identity(seed).id());
  }

  @Test
  void noFileIsNoPeers() {
    assertThat(store.load()).isEmpty();
  }

  @Test
  void keepsAddressesInOrderALineEach() throws IOException {
    store.save(List.of(SECOND, FIRST));
    assertThat(Files.readAllLines(file)).containsExactly(SECOND.toString(), FIRST.toString());
    assertThat(store.load()).containsExactly(SECOND, FIRST);
  }

  @Test
  void replacesWhatWasThere() throws IOException {
    store.save(List.of(FIRST, SECOND));
    store.save(List.of(SECOND));
    assertThat(store.load()).containsExactly(SECOND);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void passesOverLinesThatAreNoAddresses() throws IOException {
    Files.writeString(file, "\n  " + FIRST + "  \nhello\n/ip4/10.0.0.1/tcp/9096\n\n" + SECOND);
    assertThat(store.load()).containsExactly(FIRST, SECOND);
  }

  @Test
  void readsOnlySoManyLines() throws IOException {
    Files.write(file, Collections.nCopies(Peerstore.MAX_LINES + 5, FIRST.toString()));
    assertThat(store.load()).hasSize(Peerstore.MAX_LINES);
  }

  @Test
  void aFileThatIsNotTextIsNoPeers() throws IOException {
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 10});
    assertThat(store.load()).isEmpty();
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isNotEmpty();
  }

  @Test
  void namesAreWorthMoreThanNumbers() {
    assertThat(Peerstore.worthKeeping(List.of(FIRST, SECOND))).containsExactly(SECOND);
    assertThat(Peerstore.worthKeeping(List.of(FIRST))).containsExactly(FIRST);
  }

  @Test
  void aFolderThatIsGoneIsNoFailure() {
    new Peerstore(folder.resolve("gone").resolve("peerstore")).save(List.of(FIRST));
    assertThat(folder.resolve("gone")).doesNotExist();
  }
}
