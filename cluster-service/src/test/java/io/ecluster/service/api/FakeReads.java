package io.ecluster.service.api;

import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.state.PinState;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads of a peer that is alone, without coded pins: all comes from its IPFS node. */
final class FakeReads {
  final FakeIpfsNode ipfs = new FakeIpfsNode();

  CodedReader reader() {
    return new CodedReader(
        new CodedReader.Parts(
            new NoPins(),
            ipfs,
            new NoRpc(),
            new PeerBlocks(new NoRpc(), _ -> {}),
            new Alone(),
            Duration.ofSeconds(1),
            (_, _) -> {}));
  }

  private static final class NoPins implements PinState {
    @Override
    public Optional<Pin> get(Cid cid) {
      return Optional.empty();
    }

    @Override
    public Stream<Pin> list() {
      return Stream.empty();
    }
  }

  private static final class Alone implements Peers {
    @Override
    public PeerId self() {
      return FakeCluster.ONE;
    }

    @Override
    public List<PeerId> live() {
      return List.of(FakeCluster.ONE);
    }

    @Override
    public boolean answers(PeerId peer) {
      return peer.equals(FakeCluster.ONE);
    }

    @Override
    public boolean answers(PeerId peer, Duration patience) {
      return answers(peer);
    }
  }

  /** There is nobody to call. */
  private static final class NoRpc implements Rpc {
    @Override
    public <A, R> void serve(RpcMethod<A, R> method, Handler<A, R> handler) {}

    @Override
    public <A, R> void serveStream(RpcMethod<A, R> method, StreamHandler<A, R> handler) {}

    @Override
    public <A, R> R call(PeerId to, RpcMethod<A, R> method, A argument, Duration timeout) {
      throw new UnsupportedOperationException("nobody is there");
    }

    @Override
    public <A, R> Call<A, R> open(PeerId to, RpcMethod<A, R> method, Duration timeout) {
      throw new UnsupportedOperationException("nobody is there");
    }

    @Override
    public void close() {}
  }
}
