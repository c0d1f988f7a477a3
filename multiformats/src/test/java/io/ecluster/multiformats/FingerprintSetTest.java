package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FingerprintSetTest {
  private final FingerprintSet set = new FingerprintSet();

  @Test
  void holdsExactlyWhatWasAdded() {
    List<Multihash> hashes = IntStream.range(0, 20_000).mapToObj(i -> hash("h" + i)).toList();
    List<Multihash> added = hashes.subList(0, 10_000);
    assertThat(added).allMatch(set::add);
    assertThat(added).noneMatch(set::add);
    assertThat(added).allMatch(set::contains);
    assertThat(hashes.subList(10_000, 20_000)).noneMatch(set::contains);
    assertThat(set.size()).isEqualTo(10_000);
  }

  @Test
  void tellsCodecsOfAHashApart() {
    Cid node = Cid.v0(hash("node"));
    assertThat(set.add(node)).isTrue();
    assertThat(set.add(node.rawAlias())).isTrue();
    assertThat(set.add(Cid.v1(Multicodec.DAG_PB, node.hash()))).isFalse();
  }

  @Test
  void tellsFunctionsWithTheSameDigestApart() {
    byte[] digest = hash("x").digest();
    assertThat(set.add(Multihash.of(HashFunction.SHA2_256.code(), digest))).isTrue();
    assertThat(set.add(Multihash.of(HashFunction.SHA2_512.code(), digest))).isTrue();
  }

  @Test
  void holdsShortAndZeroDigests() {
    Multihash zero = Multihash.of(HashFunction.SHA2_256.code(), new byte[32]);
    Multihash brief = Multihash.of(Multihash.IDENTITY, new byte[0]);
    assertThat(set.contains(zero)).isFalse();
    assertThat(set.add(zero)).isTrue();
    assertThat(set.contains(zero)).isTrue();
    assertThat(set.add(brief)).isTrue();
    assertThat(set.contains(brief)).isTrue();
  }

  private static Multihash hash(String text) {
    return HashFunction.SHA2_256.hash(text.getBytes(StandardCharsets.UTF_8));
  }
}
