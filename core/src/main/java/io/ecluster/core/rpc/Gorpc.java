package io.ecluster.core.rpc;

import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * gorpc as Go IPFS Cluster speaks it: a stream a call, bare msgpack values without framing.
 *
 * <pre>
 * unary     client: ServiceID Argument            server: Response Reply, close
 * streaming client: ServiceID Argument* half-close server: (Response Reply)* half-close
 * </pre>
 *
 * <p>A unary client must not half-close, for the server takes that as its leaving and cancels the
 * method (here by interrupting its thread); a streaming client must, or the server never ends.
 */
public final class Gorpc implements Rpc {
  public static final String PROTOCOL = "/ipfscluster/1.0/rpc";

  private final Host host;
  private final CallWatch watch;
  private final MethodTable methods = new MethodTable();
  private final Refusals refused = new Refusals();
  private final Server server;
  private final InboundLimit limit = new InboundLimit();
  private final Set<Stream> inbound = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Serves the protocol at once; methods can follow.
   *
   * @param trust asked at each call of a trusted method, so that it may come into being later
   */
  public Gorpc(Host host, Supplier<Predicate<PeerId>> trust) {
    this(host, trust, CallWatch.NONE);
  }

  /**
   * As {@link #Gorpc(Host, Supplier)}.
   *
   * @param watch told of all calls
   */
  public Gorpc(Host host, Supplier<Predicate<PeerId>> trust, CallWatch watch) {
    this.host = host;
    this.watch = watch;
    this.server = new Server(methods, trust, watch, refused);
    host.handle(PROTOCOL, this::accept);
  }

  /** Calls of other peers that were refused before any method ran. */
  public Refusals refusals() {
    return refused;
  }

  /** Lets nobody but this peer itself call a method, whoever may by the rules. */
  public void closeToOthers(RpcMethod<?, ?> method) {
    methods.close(method);
  }

  @Override
  public <A, R> void serve(RpcMethod<A, R> method, Handler<A, R> handler) {
    requireKind(method, false);
    methods.serve(new MethodTable.Unary<>(method, handler));
  }

  @Override
  public <A, R> void serveStream(RpcMethod<A, R> method, StreamHandler<A, R> handler) {
    requireKind(method, true);
    methods.serve(new MethodTable.Streaming<>(method, handler));
  }

  /** {@inheritDoc} Calls to oneself run on the calling thread, whatever the timeout. */
  @Override
  public <A, R> R call(PeerId to, RpcMethod<A, R> method, A argument, Duration timeout) {
    requireKind(method, false);
    requireOpen();
    return watched(
        to,
        method,
        watching -> {
          R reply =
              to.equals(host.id())
                  ? callLocal(method, argument)
                  : callRemote(to, method, argument, timeout);
          watching.ended(Optional.empty());
          return reply;
        });
  }

  /** Tells of a call that fails; one that does not tells of itself. */
  private <T> T watched(PeerId to, RpcMethod<?, ?> method, Function<CallWatch.UnderWay, T> call) {
    CallWatch.Side side = to.equals(host.id()) ? CallWatch.Side.LOCAL : CallWatch.Side.CLIENT;
    CallWatch.UnderWay watching = watch.begun(side, ServiceId.of(method).toString(), to);
    try {
      return call.apply(watching);
    } catch (RpcException e) {
      watching.ended(Optional.of(e));
      throw e;
    } catch (RuntimeException e) {
      watching.ended(Optional.of(Failures.ofMethod(e)));
      throw e;
    }
  }

  /**
   * {@inheritDoc}
   *
   * @param timeout for opening, and then for each send and each reply; zero waits for ever
   */
  @Override
  public <A, R> Call<A, R> open(PeerId to, RpcMethod<A, R> method, Duration timeout) {
    requireKind(method, true);
    requireOpen();
    return watched(
        to,
        method,
        watching ->
            new WatchedCall<>(
                to.equals(host.id()) ? openLocal(method, timeout) : openRemote(to, method, timeout),
                watching));
  }

  @Override
  public void close() {
    closed = true;
    inbound.forEach(Stream::reset);
  }

  private void accept(Stream stream) throws IOException {
    PeerId peer = stream.remotePeer();
    if (closed || !limit.enter(peer)) {
      refused.count(Refusals.Reason.TOO_MANY);
      stream.reset();
      return;
    }
    inbound.add(stream);
    try {
      server.serve(stream);
    } finally {
      inbound.remove(stream);
      limit.leave(peer);
    }
  }

  @SuppressWarnings("unchecked") // a method is found by its name, which its types go with
  private <A, R> R callLocal(RpcMethod<A, R> method, A argument) {
    var served = (MethodTable.Unary<A, R>) methods.handler(ServiceId.of(method));
    try {
      return served.handler().answer(host.id(), argument);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.ofMethod(e);
    } catch (Exception e) {
      throw Failures.ofMethod(e);
    }
  }

  @SuppressWarnings("unchecked")
  private <A, R> Call<A, R> openLocal(RpcMethod<A, R> method, Duration timeout) {
    var served = (MethodTable.Streaming<A, R>) methods.handler(ServiceId.of(method));
    LocalCall<A, R> call = new LocalCall<>(served, host.id(), timeout);
    call.start();
    return call;
  }

  private <A, R> R callRemote(PeerId to, RpcMethod<A, R> method, A argument, Duration timeout) {
    Stream stream = openStream(to, method, timeout);
    boolean answered = false;
    try {
      send(stream, method, argument);
      R reply = receive(stream, method, timeout);
      stream.close();
      answered = true;
      return reply;
    } catch (IOException e) {
      throw failure(to, method, e);
    } finally {
      if (!answered) {
        stream.reset();
      }
    }
  }

  private static <A, R> void send(Stream stream, RpcMethod<A, R> method, A argument)
      throws IOException {
    BatchingOutput output = new BatchingOutput(stream.output());
    MsgWriter writer = new MsgWriter(output);
    ServiceId.CODEC.write(writer, ServiceId.of(method));
    method.argument().write(writer, argument);
    output.flush();
  }

  private static <A, R> R receive(Stream stream, RpcMethod<A, R> method, Duration timeout)
      throws IOException {
    DeadlineInput input = new DeadlineInput(stream);
    input.expectWithin(timeout);
    MsgReader reader = new MsgReader(input, RemoteCall.MAX_REPLY_BYTES);
    RemoteCall.requireOk(Response.CODEC.read(reader));
    return method.reply().read(reader);
  }

  private <A, R> Call<A, R> openRemote(PeerId to, RpcMethod<A, R> method, Duration timeout) {
    Stream stream = openStream(to, method, timeout);
    RemoteCall<A, R> call = new RemoteCall<>(stream, method, timeout);
    try {
      call.start();
      return call;
    } catch (IOException e) {
      stream.reset();
      throw failure(to, method, e);
    }
  }

  private Stream openStream(PeerId to, RpcMethod<?, ?> method, Duration timeout) {
    try {
      return host.open(to, List.of(PROTOCOL), timeout);
    } catch (IOException e) {
      throw failure(to, method, e);
    }
  }

  private static RpcException failure(PeerId to, RpcMethod<?, ?> method, IOException e) {
    String text = ServiceId.of(method) + " on " + to + ": " + Failures.text(e);
    return new RpcException(Kind.CLIENT, text, e);
  }

  private void requireOpen() {
    if (closed) {
      throw new RpcException(Kind.CLIENT, "this peer is shutting down");
    }
  }

  private static void requireKind(RpcMethod<?, ?> method, boolean streaming) {
    if (method.streaming() != streaming) {
      throw new IllegalArgumentException(
          ServiceId.of(method) + (streaming ? " does not stream" : " streams"));
    }
  }
}
