package io.ecluster.core.rpc;

import io.ecluster.core.peers.PeerCalls;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.function.Consumer;

/** What peers ask each other about themselves, by gorpc. */
public final class PeerCallsOverRpc implements PeerCalls {
  /** What Go grants for asking all members. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Rpc rpc;
  private final PeerId self;

  public PeerCallsOverRpc(Rpc rpc, PeerId self) {
    this.rpc = rpc;
    this.self = self;
  }

  @Override
  public PeerInfo add(PeerId to) {
    return rpc.call(to, RpcMethods.CLUSTER_PEER_ADD, self, TIMEOUT);
  }

  @Override
  public PeerInfo identify(PeerId peer) {
    return rpc.call(peer, RpcMethods.CLUSTER_ID, Nothing.NOTHING, TIMEOUT);
  }

  @Override
  public void members(PeerId asked, Consumer<PeerInfo> each) {
    try (var call = rpc.open(asked, RpcMethods.CLUSTER_PEERS, TIMEOUT)) {
      call.closeSend();
      for (PeerInfo info = call.next(); info != null; info = call.next()) {
        each.accept(info);
      }
    }
  }
}
