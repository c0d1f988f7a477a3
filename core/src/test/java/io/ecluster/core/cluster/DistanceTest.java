package io.ecluster.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class DistanceTest {
  private static final String PREFIX = "distance ";

  @TestFactory
  Stream<DynamicTest> isThatOfGo() {
    List<Vectors.Vector> vectors =
        Vectors.load("allocation").all().stream()
            .filter(vector -> vector.text("name").startsWith(PREFIX))
            .toList();
    assertThat(vectors).hasSize(3);
    return vectors.stream().map(v -> DynamicTest.dynamicTest(v.text("name"), () -> check(v)));
  }

  private static void check(Vectors.Vector vector) {
    Cid cid = Cid.parse(vector.text("name").substring(PREFIX.length()));
    assertThat(Distance.hash(cid.toBytes())).isEqualTo(vector.bytes());
    JsonNode distances = vector.node().get("meaning").get("distances");
    List<PeerId> peers = new ArrayList<>();
    distances
        .properties()
        .forEach(entry -> {
          PeerId peer = PeerId.parse(entry.getKey());
          peers.add(peer);
          assertThat(HexFormat.of().formatHex(Distance.between(cid, peer)))
              .isEqualTo(entry.getValue().asString());
        });
    PeerId closest = PeerId.parse(vector.meaning("closest"));
    for (PeerId peer : peers) {
      assertThat(Distance.isClosest(peer, peers, cid)).isEqualTo(peer.equals(closest));
    }
  }
}
