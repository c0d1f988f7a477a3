package io.ecluster.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private static final Service SERVICE = new Service(DnsName.of(Mdns.CLUSTER_SERVICE));
  private static final PeerId PEER = FakeNetwork.identity(1).id();
  private static final PeerId OTHER = FakeNetwork.identity(2).id();

  private static Multiaddr address(String address, PeerId peer) {
    return Multiaddr.parse(address).withPeerId(peer);
  }

  private static Map<PeerId, List<Multiaddr>> heard(String... texts) {
    DnsRecord text =
        new DnsRecord(SERVICE.name().child("x"), 100, new DnsRecord.Text(List.of(texts)));
    return SERVICE.peers(new DnsMessage(true, List.of(), List.of(text), List.of()));
  }

  @Test
  void whatOnePeerTellsAnotherReads() {
    List<Multiaddr> addresses =
        List.of(address("/ip4/10.1.2.3/tcp/9096", PEER), address("/ip6/fd00::2/tcp/9096", PEER));
    DnsMessage answer = SERVICE.answer("me", addresses).orElseThrow();
    DnsMessage read = DnsReader.read(DnsWriter.write(answer));
    assertThat(SERVICE.peers(read)).containsExactly(Map.entry(PEER, addresses));
    assertThat(read.answers()).hasSize(5);
  }

  @Test
  void namesAndOtherTransportsAreNeitherToldNorTaken() {
    List<Multiaddr> addresses =
        List.of(
            address("/dns4/example.com/tcp/9096", PEER),
            address("/ip4/10.1.2.3/udp/9096/quic", PEER),
            address("/ip4/10.1.2.3/tcp/9097/ws", PEER));
    assertThat(SERVICE.answer("me", addresses)).isEmpty();
    addresses.forEach(each -> assertThat(heard("dnsaddr=" + each)).as("%s", each).isEmpty());
  }

  @Test
  void textThatIsNoAddressOfAPeerIsLeftOut() {
    assertThat(
            heard(
                "dnsaddr=/ip4/10.1.2.3/tcp/9096",
                "dnsaddr=",
                "dnsaddr=/p2p/" + PEER,
                "dnsaddr=/ip4/10.1.2.300/tcp/1/p2p/" + PEER,
                "dnsaddr=/ip4/10.1.2.3/tcp/1/p2p/nobody",
                "/ip4/10.1.2.3/tcp/9096/p2p/" + PEER,
                "dnsaddr=/ip4/10.1.2.3/tcp/9096/p2p/" + OTHER))
        .containsExactly(Map.entry(OTHER, List.of(address("/ip4/10.1.2.3/tcp/9096", OTHER))));
  }

  @Test
  void otherServicesAndWhatIsTakenBackAreNotTaken() {
    DnsRecord.Text text = new DnsRecord.Text(List.of("dnsaddr=/ip4/1.2.3.4/tcp/1/p2p/" + PEER));
    DnsName other = DnsName.of("_p2p._udp.local").child("x");
    DnsRecord gone = new DnsRecord(SERVICE.name().child("x"), 0, text);
    DnsRecord notAnInstance = new DnsRecord(SERVICE.name(), 100, text);
    List<DnsRecord> records = List.of(new DnsRecord(other, 100, text), gone, notAnInstance);
    assertThat(SERVICE.peers(new DnsMessage(true, List.of(), records, List.of()))).isEmpty();
  }

  @Test
  void aPacketHasRoomForSomeAddressesOnly() {
    List<Multiaddr> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(address("/ip4/10.1.2." + i + "/tcp/9096", PEER));
    }
    byte[] packet = DnsWriter.write(SERVICE.answer("x".repeat(63), many).orElseThrow());
    assertThat(packet.length).isLessThanOrEqualTo(1452); // what UDP over IPv6 over Ethernet carries
    List<Multiaddr> told = SERVICE.peers(DnsReader.read(packet)).getOrDefault(PEER, List.of());
    assertThat(told).hasSizeGreaterThan(8).isEqualTo(many.subList(0, told.size()));
  }

  @Test
  void questionsForTheServiceAndForOneInstanceAreOurs() {
    DnsName service = SERVICE.name();
    for (int type : new int[] {DnsMessage.TYPE_PTR, DnsMessage.TYPE_ANY}) {
      assertThat(SERVICE.isAskedBy(new DnsMessage.Question(service, type), "me")).isTrue();
    }
    assertThat(
            SERVICE.isAskedBy(
                new DnsMessage.Question(service.child("me"), DnsMessage.TYPE_TXT), "me"))
        .isTrue();
    assertThat(
            SERVICE.isAskedBy(
                new DnsMessage.Question(service.child("you"), DnsMessage.TYPE_TXT), "me"))
        .isFalse();
    assertThat(SERVICE.isAskedBy(new DnsMessage.Question(service, DnsMessage.TYPE_A), "me"))
        .isFalse();
    assertThat(
            SERVICE.isAskedBy(
                new DnsMessage.Question(DnsName.of("_ipp._tcp.local"), DnsMessage.TYPE_PTR), "me"))
        .isFalse();
  }
}
