package io.ecluster.service.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.peers.PeerInfo.IpfsInfo;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsNode.NodeId;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SwarmConnectorTest {
  private final Set<PeerId> connected =
      new ConcurrentSkipListSet<>(java.util.Comparator.comparing(PeerId::toString));
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> dead = new ConcurrentSkipListSet<>();
  private final List<IpfsInfo> members = new ArrayList<>();
  private boolean down;

  private final SwarmConnector connector = connector(true);

  @Test
  void connectsTheNodesOfAllMembersButItsOwn() {
    know(0, address(0));
    know(1, address(1), address(11));
    know(2, address(2));
    connector.round();
    assertThat(connected).containsExactlyInAnyOrder(id(1), id(11), id(2));
    calls.clear();
    connector.round();
    assertThat(calls).isEmpty();
  }

  @Test
  void triesTheNextAddressOfANode() {
    Multiaddr first = Multiaddr.parse("/ip4/10.0.0.1/tcp/1").withPeerId(id(1));
    know(1, first, address(1));
    dead.add(first.toString());
    connector.round();
    assertThat(calls).containsExactly("ask", "connect " + first, "connect " + address(1));
    assertThat(connected).containsExactly(id(1));
  }

  @Test
  void makesConnectionsAnewThatWereThereBefore() {
    connected.add(id(1));
    connected.add(id(9)); // no member: none of our business
    know(1, address(1));
    connector.round();
    assertThat(calls).containsExactly("ask", "disconnect " + id(1), "connect " + address(1));
    calls.clear();
    connector.round();
    assertThat(calls).isEmpty();
  }

  @Test
  void doesSoAgainAfterTheNodeWasAway() {
    know(1, address(1));
    connector.round();
    down = true;
    connector.round();
    down = false;
    calls.clear();
    connector.round();
    assertThat(calls).containsExactly("disconnect " + id(1), "connect " + address(1));
  }

  @Test
  void leavesConnectionsOfAnEmbeddedNodeAsTheyAre() {
    connected.add(id(1));
    know(1, address(1));
    connector(false).round();
    assertThat(calls).containsExactly("ask");
  }

  @Test
  void anAddressWithoutAnIdIsThatOfTheMembersNode() {
    members.add(
        new IpfsInfo(Optional.of(id(1)), List.of(Multiaddr.parse("/ip4/10.0.0.1/tcp/1")), ""));
    connector.round();
    assertThat(connected).containsExactly(id(1));
  }

  @Test
  void aMemberThatNamesManyNodesGetsFewConnected() {
    members.add(
        new IpfsInfo(
            Optional.of(id(1)),
            IntStream.range(1, 1000).mapToObj(SwarmConnectorTest::address).toList(),
            ""));
    connector.round();
    assertThat(connected).hasSize(4);
  }

  private SwarmConnector connector(boolean renewing) {
    return new SwarmConnector(node(), this::memberIds, this::ask, renewing, Duration.ZERO);
  }

  private List<PeerId> memberIds() {
    return IntStream.range(0, members.size()).mapToObj(i -> id(100 + i)).toList();
  }

  private List<IpfsInfo> ask() {
    calls.add("ask");
    return List.copyOf(members);
  }

  private void know(int number, Multiaddr... addresses) {
    members.add(new IpfsInfo(Optional.of(id(number)), List.of(addresses), ""));
  }

  private static PeerId id(int number) {
    return PeerId.ofPublicKey(("key " + number).getBytes(StandardCharsets.UTF_8));
  }

  private static Multiaddr address(int number) {
    return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (1000 + number)).withPeerId(id(number));
  }

  /** Only the calls about the swarm are answered. */
  private IpfsNode node() {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) ->
                answer(
                    method.getName(), Stream.ofNullable(arguments).flatMap(Stream::of).toList()));
  }

  private Object answer(String method, List<?> arguments) {
    if (down) {
      throw new IpfsException("down");
    }
    return switch (method) {
      case "id" -> new NodeId(id(0), List.of(address(0)));
      case "swarmPeers" -> List.copyOf(connected);
      case "swarmConnect" -> connect((Multiaddr) arguments.getFirst());
      case "swarmDisconnect" -> disconnect((PeerId) arguments.getFirst());
      default -> throw new UnsupportedOperationException(method);
    };
  }

  private boolean connect(Multiaddr address) {
    calls.add("connect " + address);
    if (dead.contains(address.toString())) {
      throw new IpfsException("nobody there");
    }
    return connected.add(address.peerId().orElseThrow());
  }

  private boolean disconnect(PeerId peer) {
    calls.add("disconnect " + peer);
    return connected.remove(peer);
  }
}
