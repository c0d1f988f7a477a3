package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.TestDag;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FingerprintSetTest {
  private final FingerprintSet set = new FingerprintSet();

  @Test
  void holdsExactlyWhatWasAdded() {
    List<Multihash> hashes =
        IntStream.range(0, 20_000).mapToObj(i -> TestDag.raw("h" + i).cid().hash()).toList();
    List<Multihash> added = hashes.subList(0, 10_000);
    assertThat(added).allMatch(set::add);
    assertThat(added).noneMatch(set::add);
    assertThat(added).allMatch(set::contains);
    assertThat(hashes.subList(10_000, 20_000)).noneMatch(set::contains);
    assertThat(set.size()).isEqualTo(10_000);
  }

  @Test
  void tellsCodecsOfAHashApart() {
    Cid node = TestDag.node().cid();
    assertThat(set.add(node)).isTrue();
    assertThat(set.add(node.rawAlias())).isTrue();
    assertThat(set.add(Cid.v1(Multicodec.DAG_PB, node.hash()))).isFalse();
  }

  @Test
  void tellsFunctionsWithTheSameDigestApart() {
    byte[] digest = TestDag.raw("x").cid().hash().digest();
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
}
