package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What docker/erasure-test.sh does, step by step: containers are lost, and no byte. */
@NeedsDocker
class ErasureContainersTest {
  private static final String ROOT = "QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ";
  private static final int LAST_NUMBER = 250_000;

  @Test
  void aCodedFileOutlivesThreeOfEightPairs() {
    byte[] file = numbers();
    try (ContainerCluster cluster = ContainerCluster.start()) {
      cluster.put(file, "/tmp/tmpfile");
      String[] add = {"add", "-Q", "--erasure", "--shard-size", "512000", "/tmp/tmpfile"};
      assertThat(cluster.ctl(add)).isEqualTo(ROOT);
      assertThat(cluster.margins(ROOT)).containsOnly(2L);

      cluster.stopPair(cluster.holders(ROOT).getLast());
      cluster.running().forEach(pair -> cluster.ipfs(pair, "repo", "gc", "-q"));
      assertThat(cluster.margins(ROOT)).contains(1L);
      assertThat(read(cluster)).isEqualTo(file);

      cluster.ctl("ecrecovery", ROOT);
      assertThat(cluster.margins(ROOT)).containsOnly(2L);

      List<Integer> holders = cluster.holders(ROOT);
      holders.subList(holders.size() - 2, holders.size()).forEach(cluster::stopPair);
      assertThat(cluster.running()).hasSize(ContainerCluster.PAIRS - 3);
      assertThat(read(cluster)).isEqualTo(file);
    }
  }

  private static byte[] read(ContainerCluster cluster) {
    cluster.ctl("ecget", "-q", "-o", "/tmp/read", ROOT);
    return cluster.get("/tmp/read");
  }

  private static byte[] numbers() {
    return IntStream.rangeClosed(1, LAST_NUMBER)
        .mapToObj(number -> number + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII);
  }
}
