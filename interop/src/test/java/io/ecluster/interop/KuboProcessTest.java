package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fixture itself. */
@NeedsKubo
class KuboProcessTest {
  private static final String KEY = "0123456789abcdef".repeat(4);

  @TempDir Path folder;

  @Test
  void keepsItsPlaceOverRestartsAndTalksToOthersOfItsPrivateNetwork() {
    try (KuboProcess a = KuboProcess.started(folder.resolve("a"), Optional.of(KEY));
        KuboProcess b = KuboProcess.started(folder.resolve("b"), Optional.of(KEY))) {
      byte[] content = "hello".getBytes(StandardCharsets.UTF_8);
      String cid = a.cli(new ByteArrayInputStream(content), "add", "-Q").text().strip();
      String api = a.api().toString();
      a.stop();
      a.start();
      assertThat(a.api()).hasToString(api);
      b.connect(a.swarmAddress());
      assertThat(b.cli("cat", cid).out()).isEqualTo(content);
      assertThat(a.storedBytes()).isPositive();
    }
  }
}
