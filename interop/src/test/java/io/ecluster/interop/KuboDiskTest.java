package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import io.ecluster.ipld.Block;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does not take large files, in place of one that is full. */
@NeedsKubo
@Timeout(120)
class KuboDiskTest {
  private static final int KIB = 1024;

  @TempDir Path folder;

  @Test
  void refusesWithKubosWordsAndGoesOn() {
    try (KuboProcess kubo = KuboProcess.init(folder.resolve("kubo"), Optional.empty())) {
      kubo.limitFiles(512 * KIB);
      kubo.start();
      try (KuboIpfsNode node = KuboIpfsNode.open(KuboSettings.at(kubo.api()))) {
        Block small = random(1000);
        Block large = random(1024 * KIB);
        assertThatThrownBy(() -> node.put(List.of(small, large)))
            .isInstanceOf(IpfsException.class)
            .hasMessageContaining("file too large");
        assertThat(node.has(large.cid())).isFalse();
        node.put(List.of(small));
        assertThat(node.getLocal(small.cid())).contains(small.data());
        kubo.stop();
        kubo.limitFiles(4096 * KIB);
        kubo.start();
        node.put(List.of(large));
        assertThat(node.getLocal(large.cid())).contains(large.data());
      }
    }
  }

  private static Block random(int bytes) {
    byte[] data = new byte[bytes];
    new Random().nextBytes(data);
    return TestDag.raw(data);
  }
}
