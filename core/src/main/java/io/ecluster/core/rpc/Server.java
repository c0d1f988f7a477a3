package io.ecluster.core.rpc;

import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Refusals.Reason;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.PeerId;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls, in the order of checks and with the texts that Go clients know. */
final class Server {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private final MethodTable methods;
  private final Supplier<Predicate<PeerId>> trust;
  private final CallWatch watch;
  private final Refusals refusals;

  Server(
      MethodTable methods, Supplier<Predicate<PeerId>> trust, CallWatch watch, Refusals refusals) {
    this.refusals = refusals;
    this.methods = methods;
    this.trust = trust;
    this.watch = watch;
  }

  void serve(Stream stream) throws IOException {
    InboundStream call = new InboundStream(stream);
    ServiceId id = ServiceId.NONE;
    try {
      id = readId(call);
      RpcMethod<?, ?> method = methods.find(id);
      answerWatched(call, id, method);
    } catch (RpcException refused) {
      refuse(call, id, refused);
    }
  }

  private void refuse(InboundStream call, ServiceId id, RpcException refused) throws IOException {
    count(refused);
    LOG.debug("{} refused to {}: {}", id, call.caller(), refused.getMessage());
    call.fail(id, refused, MsgWriter::nil);
    call.finishStreaming();
  }

  private void count(RpcException refused) {
    if (refused.kind() == Kind.UNAUTHORIZED) {
      refusals.count(Reason.UNTRUSTED);
    } else if (refused.getCause() instanceof MsgException
        || refused.getCause() instanceof EOFException) {
      refusals.count(Reason.MALFORMED);
    } else if (refused.kind() == Kind.SERVER) {
      refusals.count(Reason.UNKNOWN);
    }
  }

  private void answerWatched(InboundStream call, ServiceId id, RpcMethod<?, ?> method)
      throws IOException {
    CallWatch.UnderWay watching = watch.begun(CallWatch.Side.SERVER, id.toString(), call.caller());
    Optional<RpcException> failure =
        Optional.of(new RpcException(Kind.CLIENT, "the connection broke"));
    try {
      requirePermission(call.caller(), id, method);
      failure = answer(call, id, methods.handler(id));
    } catch (RpcException refused) {
      failure = Optional.of(refused);
      refuse(call, id, refused);
    } finally {
      watching.ended(failure);
    }
  }

  private static ServiceId readId(InboundStream call) throws IOException {
    try {
      return call.readId();
    } catch (MsgException | EOFException malformed) {
      String text = "error reading service ID: " + Failures.text(malformed);
      throw new RpcException(Kind.SERVER, text, malformed);
    }
  }

  private void requirePermission(PeerId caller, ServiceId id, RpcMethod<?, ?> method) {
    boolean allowed =
        switch (method.access()) {
          case OPEN -> true;
          case TRUSTED -> trust.get().test(caller);
          case CLOSED -> false;
        };
    if (!allowed) {
      throw new RpcException(Kind.UNAUTHORIZED, "client does not have permissions to call " + id);
    }
  }

  /** Answers, and gives what the caller was told instead of a reply. */
  private Optional<RpcException> answer(
      InboundStream call, ServiceId id, MethodTable.Served<?, ?> served) throws IOException {
    return switch (served) {
      case MethodTable.Unary<?, ?> unary -> answerUnary(call, id, unary);
      case MethodTable.Streaming<?, ?> streaming -> answerStream(call, id, streaming);
    };
  }

  private static <A, R> Optional<RpcException> answerUnary(
      InboundStream call, ServiceId id, MethodTable.Unary<A, R> unary) throws IOException {
    RpcMethod<A, R> method = unary.method();
    A argument = call.readArgument(method.argument());
    CancelOnLeave watch = CancelOnLeave.watch(call);
    RpcException failure = null;
    try {
      R reply = unary.handler().answer(call.caller(), argument);
      watch.stop();
      call.reply(id, method.reply(), reply);
    } catch (Exception thrown) {
      failure =
          watch.stop()
              ? new RpcException(Kind.METHOD, Failures.CANCELLED, thrown)
              : Failures.ofMethod(thrown);
      LOG.debug("{} failed for {}", id, call.caller(), thrown);
      call.fail(id, failure, method.reply()::writeZero);
    }
    call.finish();
    return Optional.ofNullable(failure);
  }

  private <A, R> Optional<RpcException> answerStream(
      InboundStream call, ServiceId id, MethodTable.Streaming<A, R> streaming) throws IOException {
    ArgumentIterator<A> arguments = call.arguments(streaming.method().argument());
    RpcException failure = null;
    try {
      run(call, id, streaming, arguments);
    } catch (Exception thrown) {
      LOG.debug("{} failed for {}", id, call.caller(), thrown);
      failure = Failures.ofMethod(thrown);
      if (arguments.areMalformed()) {
        refusals.count(Reason.MALFORMED);
      }
      call.fail(id, failure, MsgWriter::nil);
    }
    call.finishStreaming();
    return Optional.ofNullable(failure);
  }

  /** Runs a method that a malformed argument cancels: it can answer nothing from then on. */
  private static <A, R> void run(
      InboundStream call,
      ServiceId id,
      MethodTable.Streaming<A, R> streaming,
      ArgumentIterator<A> arguments)
      throws Exception {
    RpcMethod<A, R> method = streaming.method();
    boolean takesArguments = !method.argument().equals(Codecs.NOTHING);
    if (!takesArguments) {
      arguments.skipArrived();
    }
    streaming
        .handler()
        .answer(
            call.caller(),
            arguments,
            reply -> {
              arguments.requireWellFormed();
              call.reply(id, method.reply(), reply);
            });
    if (takesArguments) {
      arguments.requireWellFormed();
    }
  }
}
