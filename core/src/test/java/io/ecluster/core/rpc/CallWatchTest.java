package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.rpc.RpcMethod.Access;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who watches calls is told of each once, on both sides. */
class CallWatchTest {
  private static final RpcMethod<String, String> ECHO =
      new RpcMethod<>("Test", "Echo", Codecs.STRING, Codecs.STRING, false, Access.OPEN);
  private static final RpcMethod<String, String> MINE =
      new RpcMethod<>("Test", "Mine", Codecs.STRING, Codecs.STRING, false, Access.CLOSED);
  private static final RpcMethod<Integer, Integer> COUNT =
      new RpcMethod<>("Test", "Count", Codecs.INT, Codecs.INT, true, Access.OPEN);

  private final FakeNetwork network = new FakeNetwork();
  private final MemoryHost serverHost = network.host(1);
  private final MemoryHost clientHost = network.host(2);
  private final Watch served = new Watch();
  private final Watch called = new Watch();
  private final Gorpc server = new Gorpc(serverHost, () -> _ -> false, served);
  private final Gorpc client = new Gorpc(clientHost, () -> _ -> false, called);

  /** Remembers what it is told. */
  private static final class Watch implements CallWatch {
    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    @Override
    public UnderWay begun(Side side, String method, PeerId peer) {
      begun.add(side + " " + method + " " + peer);
      return failure ->
          ended.add(
              side
                  + " "
                  + method
                  + " "
                  + failure.map(RpcException::kind).map(Enum::name).orElse("ok"));
    }

    /** The next call that has ended; the other side may have its answer before. */
    String next() throws InterruptedException {
      return String.valueOf(ended.poll(RpcPeers.SOON.toSeconds(), TimeUnit.SECONDS));
    }
  }

  @BeforeEach
  void serve() throws Exception {
    network.connectAll();
    for (Gorpc peer : List.of(server, client)) {
      peer.serve(ECHO, (_, text) -> echo(text));
      peer.serve(MINE, (_, text) -> text);
      peer.serveStream(COUNT, (_, numbers, replies) -> numbers.forEachRemaining(replies));
    }
  }

  private static String echo(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("nothing to echo");
    }
    return text;
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    network.close();
  }

  private String call(PeerId to, RpcMethod<String, String> method, String text) {
    return client.call(to, method, text, RpcPeers.SOON);
  }

  @Test
  void callsToOthersAreSeenOnBothSides() throws InterruptedException {
    call(serverHost.id(), ECHO, "x");
    assertThat(called.begun).containsExactly("CLIENT Test.Echo " + serverHost.id());
    assertThat(called.ended).containsExactly("CLIENT Test.Echo ok");
    assertThat(served.next()).isEqualTo("SERVER Test.Echo ok");
    assertThat(served.begun).containsExactly("SERVER Test.Echo " + clientHost.id());
  }

  @Test
  void failuresAreTold() throws InterruptedException {
    assertThatThrownBy(() -> call(serverHost.id(), ECHO, "")).isInstanceOf(RpcException.class);
    assertThatThrownBy(() -> call(serverHost.id(), MINE, "x")).isInstanceOf(RpcException.class);
    assertThatThrownBy(() -> call(clientHost.id(), ECHO, "")).isInstanceOf(RpcException.class);
    assertThat(called.ended)
        .containsExactly(
            "CLIENT Test.Echo METHOD", "CLIENT Test.Mine UNAUTHORIZED", "LOCAL Test.Echo METHOD");
    assertThat(served.next()).isEqualTo("SERVER Test.Echo METHOD");
    assertThat(served.next()).isEqualTo("SERVER Test.Mine UNAUTHORIZED");
  }

  @Test
  void streamsEndWhenTheyAreClosed() {
    for (PeerId to : List.of(serverHost.id(), clientHost.id())) {
      try (var call = client.open(to, COUNT, RpcPeers.SOON)) {
        call.send(7);
        assertThat(Optional.ofNullable(call.next())).contains(7);
        call.closeSend();
        assertThat(Optional.ofNullable(call.next())).isEmpty();
        assertThat(called.ended).doesNotContain("CLIENT Test.Count ok " + to);
      }
    }
    assertThat(called.ended).containsExactly("CLIENT Test.Count ok", "LOCAL Test.Count ok");
  }
}
