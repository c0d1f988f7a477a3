package io.ecluster.service.daemon;

import io.ecluster.core.cluster.PeerDirectory;
import io.ecluster.core.tracker.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether an IPFS node belongs to a member, by what the members' pings say. */
final class OwnNodes implements Predicate<PeerId> {
  /** Is asked for each block; pings come every few seconds at most. */
  private static final Duration REMEMBERED = Duration.ofSeconds(2);

  private final Supplier<Identity> self;
  private final PeerDirectory directory;
  private final Supplier<List<PeerId>> members;
  private final InstantSource clock;
  private volatile Known known = new Known(Set.of(), Instant.MIN);

  private record Known(Set<PeerId> nodes, Instant until) {}

  /**
   * @param members the ids of this peer and all others
   */
  OwnNodes(
      Supplier<Identity> self,
      PeerDirectory directory,
      Supplier<List<PeerId>> members,
      InstantSource clock) {
    this.self = self;
    this.directory = directory;
    this.members = members;
    this.clock = clock;
  }

  @Override
  public boolean test(PeerId node) {
    Instant now = clock.instant();
    Known latest = known;
    if (now.isAfter(latest.until())) {
      latest = new Known(nodes(), now.plus(REMEMBERED));
      known = latest;
    }
    return latest.nodes().contains(node);
  }

  private Set<PeerId> nodes() {
    Stream<Identity> others =
        members.get().stream()
            .filter(peer -> !peer.equals(self.get().peer()))
            .flatMap(peer -> directory.find(peer).stream());
    return Stream.concat(Stream.of(self.get()), others)
        .flatMap(OwnNodes::nodesOf)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Stream<PeerId> nodesOf(Identity member) {
    return Stream.concat(
        member.ipfsId().stream(),
        member.ipfsAddresses().stream().map(Multiaddr::peerId).flatMap(Optional::stream));
  }
}
