package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderTest {
  private final SecureRandom random = new SecureRandom();

  @TempDir Path temp;

  private Folder folder() {
    return new Folder(temp.resolve("peer"));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void secretsAreForTheOwnerAlone() throws IOException {
    folder().writeSettings("{}");
    folder().initialiseIdentity(Map.of(), random);
    folder().writePeerstore("peerstore", List.of("/ip4/1.2.3.4/tcp/5"));
    assertThat(mode(temp.resolve("peer"))).isEqualTo("rwx------");
    assertThat(mode(temp.resolve("peer/service.json"))).isEqualTo("rw-------");
    assertThat(mode(temp.resolve("peer/identity.json"))).isEqualTo("rw-------");
    assertThat(mode(temp.resolve("peer/peerstore"))).isEqualTo("rw-r--r--");
    assertThat(temp.resolve("peer/peerstore")).hasContent("/ip4/1.2.3.4/tcp/5\n");
  }

  @Test
  void aFileThatWasOpenToAllIsClosedWhenItIsWrittenAnew() throws IOException {
    Path file = temp.resolve("peer/service.json");
    folder().writeSettings("{}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    folder().writeSettings("{\"cluster\":{}}");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(file).hasContent("{\"cluster\":{}}");
    try (Stream<Path> all = Files.list(temp.resolve("peer"))) {
      assertThat(all).hasSize(1);
    }
  }

  @Test
  void anIdentityIsMadeOnceAndKept() throws IOException {
    Identity first = folder().initialiseIdentity(Map.of(), random);
    assertThat(folder().initialiseIdentity(Map.of(), random).id()).isEqualTo(first.id());
    assertThat(folder().identity(Map.of()).id()).isEqualTo(first.id());
    assertThat(Files.readString(temp.resolve("peer/identity.json")))
        .startsWith("{\n    \"id\": \"" + first.id() + "\",\n    \"private_key\": \"");
  }

  @Test
  void theEnvironmentGivesTheIdentity() {
    Identity given = Identity.generate(random);
    Identity saved = folder().initialiseIdentity(Map.of(), random);
    String key = given.privateKeyBase64();
    String id = given.id().toString();
    assertThat(folder().identity(Map.of("CLUSTER_PRIVATEKEY", key)).id()).isEqualTo(given.id());
    assertThat(folder().identity(Map.of("CLUSTER_PRIVATEKEY", key, "CLUSTER_ID", id)).id())
        .isEqualTo(given.id());
    assertThat(folder().identity(Map.of("CLUSTER_ID", saved.id().toString())).id())
        .isEqualTo(saved.id());
    for (Map<String, String> wrong :
        List.of(
            Map.of("CLUSTER_ID", id),
            Map.of("CLUSTER_PRIVATEKEY", key, "CLUSTER_ID", saved.id().toString()))) {
      assertThatThrownBy(() -> folder().identity(wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("does not belong to the private key")
          .hasMessageNotContaining(key);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"!!!", "AAAA", "c2VjcmV0LWtleS1tYXRlcmlhbA=="})
  void aBadKeyIsNotRepeated(String key) {
    assertThatThrownBy(() -> folder().identity(Map.of("CLUSTER_PRIVATEKEY", key)))
        .isInstanceOf(ConfigException.class)
        .hasMessageNotContaining(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"id\":7}", "{\"private_key\":\"\"}", "nonsense"})
  void aBrokenIdentityIsToldInWords(String json) throws IOException {
    Files.createDirectories(temp.resolve("peer"));
    Files.writeString(temp.resolve("peer/identity.json"), json);
    assertThatThrownBy(() -> folder().identity(Map.of())).isInstanceOf(ConfigException.class);
  }

  @Test
  void whatIsMissingIsToldWithWhatToDo() {
    assertThatThrownBy(() -> folder().settings(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("service.json is not there")
        .hasMessageContaining("init");
    assertThatThrownBy(() -> folder().identity(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("identity.json is not there");
  }

  @Test
  void anIdentityInAnOldConfigurationGetsAFileOfItsOwn() throws IOException {
    Identity identity = folder().initialiseIdentity(Map.of(), new SecureRandom());
    Files.delete(temp.resolve("peer/identity.json"));
    folder()
        .writeSettings(
            Json.write(
                Map.of(
                    "cluster",
                    Map.of(
                        "id",
                        identity.id().toString(),
                        "private_key",
                        identity.privateKeyBase64()))));

    assertThat(folder().identity(Map.of()).id()).isEqualTo(identity.id());
    assertThat(temp.resolve("peer/identity.json")).exists();
    assertThat(folder().identity(Map.of()).id()).isEqualTo(identity.id());
  }

  @Test
  void oneProcessHasTheFolder() throws IOException {
    folder().writeSettings("{}");
    Path file = temp.resolve("peer/cluster.lock");
    try (Folder.Lock lock = folder().lock()) {
      assertThat(lock.file()).isEqualTo(file).exists();
      assertThatThrownBy(() -> folder().lock())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("another");
    }
    assertThat(file).doesNotExist();
    folder().lock().close();
  }
}
