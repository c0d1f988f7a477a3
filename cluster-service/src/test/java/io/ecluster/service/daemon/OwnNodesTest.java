package io.ecluster.service.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.tracker.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OwnNodesTest {
  private static final PeerId SELF = id("self");
  private static final PeerId MEMBER = id("member");

  private final List<PeerId> members = new ArrayList<>(List.of(SELF));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final OwnNodes nodes =
      new OwnNodes(
          () -> identity(SELF),
          peer -> peer.equals(MEMBER) ? Optional.of(identity(MEMBER)) : Optional.empty(),
          () -> members,
          () -> now);

  private static PeerId id(String name) {
    return PeerId.ofPublicKey(name.getBytes(StandardCharsets.UTF_8));
  }

  private static PeerId nodeOf(PeerId peer) {
    return id("node of " + peer);
  }

  private static PeerId hostOf(PeerId peer) {
    return id("host of " + peer);
  }

  private static Identity identity(PeerId peer) {
    Multiaddr beside = Multiaddr.parse("/ip4/127.0.0.1/tcp/1").withPeerId(hostOf(peer));
    Multiaddr bare = Multiaddr.parse("/ip4/127.0.0.1/tcp/2");
    return new Identity(peer, "name", Optional.of(nodeOf(peer)), List.of(bare, beside));
  }

  @Test
  void knowsTheNodesOfMembersAndTheHostsBesideThem() {
    assertThat(nodes.test(nodeOf(SELF))).isTrue();
    assertThat(nodes.test(hostOf(SELF))).isTrue();
    assertThat(nodes.test(nodeOf(MEMBER))).as("not yet a member").isFalse();
    members.add(MEMBER);
    now = now.plus(Duration.ofSeconds(3));
    assertThat(nodes.test(nodeOf(MEMBER))).isTrue();
    assertThat(nodes.test(hostOf(MEMBER))).isTrue();
    assertThat(nodes.test(id("stranger"))).isFalse();
    assertThat(nodes.test(MEMBER)).as("its cluster id is no node").isFalse();
  }
}
