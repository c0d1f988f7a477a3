package io.ecluster.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DnsCodecTest {
  private static final Vectors VECTORS = Vectors.load("mdns");
  private static final byte[] QUERY = VECTORS.named("PTR query").bytes();
  private static final byte[] RESPONSE = VECTORS.named("response").bytes();
  private static final Service SERVICE = new Service(DnsName.of(Mdns.CLUSTER_SERVICE));
  private static final String INSTANCE = "vfvy4rso84d0m4zhbxhgpyc9sezgdg0zyr66ejai";
  private static final Multiaddr ADDRESS =
      Multiaddr.parse(
          "/ip4/127.0.0.1/tcp/19106/p2p/12D3KooWP4fKAX96rv14B7fM1LnN2TUgajBVYAw9As4mivERjckS");

  @Test
  void weAskAsGoDoes() {
    assertThat(DnsWriter.write(DnsMessage.query(SERVICE.name()))).isEqualTo(QUERY);
    DnsMessage.Question question = DnsReader.read(QUERY).questions().getFirst();
    assertThat(SERVICE.isAskedBy(question, INSTANCE)).isTrue();
  }

  @Test
  void weAnswerAsGoDoes() {
    String name = instanceIn(RESPONSE);
    DnsMessage answer = SERVICE.answer(name, List.of(ADDRESS)).orElseThrow();
    assertThat(DnsWriter.write(answer)).isEqualTo(RESPONSE);
  }

  private static String instanceIn(byte[] packet) {
    DnsRecord first = DnsReader.read(packet).answers().getFirst();
    return ((DnsRecord.Pointer) first.data()).target().labels().getFirst();
  }

  @Test
  void goesAnswerTellsItsAddress() {
    Map<PeerId, List<Multiaddr>> peers = SERVICE.peers(DnsReader.read(RESPONSE));
    assertThat(peers).containsExactly(Map.entry(ADDRESS.peerId().orElseThrow(), List.of(ADDRESS)));
  }

  @Test
  void aPacketCutAnywhereIsRefused() {
    for (byte[] packet : List.of(QUERY, RESPONSE)) {
      for (int length = 0; length < packet.length; length++) {
        byte[] part = Arrays.copyOf(packet, length);
        assertThatThrownBy(() -> DnsReader.read(part))
            .as("%s bytes", length)
            .isInstanceOf(FormatException.class);
      }
    }
  }

  @Test
  void changedPacketsAreRefusedOrHarmless() {
    FrameMutator packets = FrameMutator.of(List.of(QUERY, RESPONSE));
    int refused = packets.runBounded(50_000, DnsCodecTest::refuses);
    assertThat(refused).as(packets::describe).isBetween(5_000, 49_000);
  }

  /** What can be read can be used. */
  private static boolean refuses(byte[] bytes) {
    try {
      DnsMessage message = DnsReader.read(bytes);
      SERVICE.peers(message).forEach((peer, addresses) -> assertThat(addresses).isNotEmpty());
      message.questions().forEach(question -> SERVICE.isAskedBy(question, INSTANCE));
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  @Test
  void whatIsWrittenIsReadBack() {
    DnsName name = DnsName.of("a.b.local");
    List<DnsRecord> records =
        List.of(
            new DnsRecord(name, 0xffff_ffffL, new DnsRecord.Pointer(name.child("x"))),
            new DnsRecord(name.child("x"), 1, new DnsRecord.Service(65535, DnsName.of("h.local"))),
            new DnsRecord(name.child("x"), 0, new DnsRecord.Text(List.of("", "k=v", "\u00ff"))));
    DnsMessage message = new DnsMessage(true, List.of(), records, List.of());
    assertThat(DnsReader.read(DnsWriter.write(message))).isEqualTo(message);
  }

  @Test
  void namesThatPointToThemselvesOrForwardAreRefused() {
    for (int target : new int[] {0, 11, 12, 13, 14, 300}) {
      byte[] packet = new byte[12 + 2 + 4];
      packet[5] = 1;
      packet[12] = (byte) (0xc0 | (target >> 8));
      packet[13] = (byte) target;
      assertThatThrownBy(() -> DnsReader.read(packet))
          .as("to %s", target)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void endlessPacketsAreRefused() {
    assertThatThrownBy(() -> DnsReader.read(new byte[DnsReader.MAX_PACKET_BYTES + 1]))
        .isInstanceOf(FormatException.class);
    byte[] manyQuestions = new byte[4000];
    manyQuestions[4] = 4;
    assertThatThrownBy(() -> DnsReader.read(manyQuestions)).hasMessageContaining("entries");
    byte[] manyRecords = new byte[DnsReader.MAX_PACKET_BYTES];
    manyRecords[6] = 1;
    manyRecords[8] = 1;
    assertThatThrownBy(() -> DnsReader.read(manyRecords)).hasMessageContaining("records");
  }

  @Test
  void caseDoesNotMatter() {
    assertThat(DnsName.of("_X.Local")).isEqualTo(DnsName.of("_x.local"));
    assertThatThrownBy(() -> DnsName.of("a..b")).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> DnsName.of("x".repeat(64))).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> DnsName.of("abcdefg.".repeat(32) + "x"))
        .isInstanceOf(FormatException.class);
  }
}
