package io.ecluster.libp2p;

import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Hosts on loopback that a test makes and that are closed behind it. */
final class HostFixture implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(20);
  static final Duration SHORT = Duration.ofMillis(300);
  static final PreSharedKey SECRET = new PreSharedKey(new byte[32]);
  static final UnaryOperator<HostConfig> OPEN = UnaryOperator.identity();
  static final UnaryOperator<HostConfig> PRIVATE = config -> config.withSecret(SECRET);

  private final List<AutoCloseable> made = new ArrayList<>();

  /** A started host that echoes what is sent to {@code /echo}. */
  Libp2pHost host(int seed, UnaryOperator<HostConfig> change) throws IOException {
    return hostAt(seed, Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), change);
  }

  Libp2pHost hostAt(int seed, Multiaddr listen, UnaryOperator<HostConfig> change)
      throws IOException {
    HostConfig config = HostConfig.of(FakeNetwork.identity(seed)).withListen(listen);
    Libp2pHost host = closing(Libp2pHost.create(change.apply(config)));
    host.handle("/echo", stream -> stream.input().transferTo(stream.output()));
    host.start();
    return host;
  }

  <T extends AutoCloseable> T closing(T resource) {
    made.add(resource);
    return resource;
  }

  static InetSocketAddress socketAddress(Host host) {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(),
        SocketAddresses.port(host.addresses().getFirst().withoutPeerId()));
  }

  SocketChannel rawConnection(Host to) throws IOException {
    return closing(SocketChannel.open(socketAddress(to)));
  }

  static byte[] echo(Host from, Host to, byte[] data) throws Exception {
    try (Stream stream = from.open(to.id(), List.of("/echo"), TIMEOUT)) {
      Future<?> writing =
          async(() -> {
            stream.output().write(data);
            stream.closeWrite();
            return true;
          });
      byte[] back = stream.input().readAllBytes();
      get(writing);
      return back;
    }
  }

  interface Task<T> {
    T run() throws Exception;
  }

  static <T> Future<T> async(Task<T> task) {
    FutureTask<T> future = new FutureTask<>(task::run);
    Thread.ofVirtual().start(future);
    return future;
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  /** What a host tells its listeners, in order. */
  static BlockingQueue<String> events(Host host) {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    host.addListener(
        new ConnectionListener() {
          @Override
          public void identified(PeerId peer) {
            events.add("identified " + peer);
          }

          @Override
          public void disconnected(PeerId peer) {
            events.add("disconnected " + peer);
          }
        });
    return events;
  }

  @Override
  public void close() {
    for (AutoCloseable each : made.reversed()) {
      closeOrFail(each);
    }
  }

  private static void closeOrFail(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception e) {
      throw new AssertionError("does not close: " + each, e);
    }
  }
}
