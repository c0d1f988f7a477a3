package io.ecluster.core.rpc;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Two peers in memory: one that answers, and one that calls it by gorpc or by bare bytes. */
final class RpcPeers implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(5);

  final FakeNetwork network = new FakeNetwork();
  final MemoryHost serverHost = network.host(1);
  final MemoryHost clientHost = network.host(2);
  final Set<PeerId> trusted = ConcurrentHashMap.newKeySet();
  final Gorpc server = new Gorpc(serverHost, () -> trusted::contains);
  final Gorpc client = new Gorpc(clientHost, () -> peer -> false);

  RpcPeers() throws IOException {
    network.connectAll();
    trusted.add(clientHost.id());
  }

  PeerId serverId() {
    return serverHost.id();
  }

  /** A stream to the server, for a client that writes its bytes itself. */
  Stream raw() throws IOException {
    return clientHost.open(serverId(), List.of(Gorpc.PROTOCOL), SOON);
  }

  /** What the server answers to bytes, until it ends the stream. */
  byte[] answer(byte[] request, boolean halfClose) throws IOException {
    Stream stream = raw();
    stream.setReadTimeout(SOON);
    stream.output().write(request);
    stream.output().flush();
    if (halfClose) {
      stream.closeWrite();
      return stream.input().readAllBytes();
    }
    return readUntilEnd(stream);
  }

  /** A client that does not half-close until it has its answer. */
  private static byte[] readUntilEnd(Stream stream) throws IOException {
    byte[] answer = stream.input().readAllBytes();
    stream.close();
    return answer;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    network.close();
  }
}
