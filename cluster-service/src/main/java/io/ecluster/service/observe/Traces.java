package io.ecluster.service.observe;

import io.ecluster.adder.Adder;
import io.ecluster.core.rpc.CallWatch;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.GroupReport;
import io.ecluster.recovery.RecoveryWatch;
import io.ecluster.service.config.ObservationSettings;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.read.Blocks;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The traces of a peer, sent by OTLP. Only this class and {@link HttpSpans} know OpenTelemetry, so
 * that none of it is loaded while tracing is off.
 *
 * <p>A span belongs to what its thread is doing. Calls that other peers make begin traces of their
 * own: the protocol between peers, which is Go's, carries no context.
 */
public final class Traces implements Observer, AutoCloseable {
  /** What waits to be sent; more is not traced. */
  private static final int MAX_QUEUED_SPANS = 4096;

  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SEND_INTERVAL = Duration.ofSeconds(1);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(6);

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Traces(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get("io.ecluster");
  }

  /**
   * Begins to send.
   *
   * @param peerName becomes part of the service's name, as in Go
   * @param environment may name where to, as OpenTelemetry has it
   * @throws io.ecluster.service.config.ConfigException if it says where in a way that is no address
   */
  public static Traces start(
      ObservationSettings.Tracing settings,
      String peerId,
      String peerName,
      Map<String, String> environment) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(OtlpEndpoint.of(settings.agent(), environment))
            .setTimeout(SEND_TIMEOUT)
            .build();
    BatchSpanProcessor batches =
        BatchSpanProcessor.builder(exporter)
            .setMaxQueueSize(MAX_QUEUED_SPANS)
            .setScheduleDelay(SEND_INTERVAL)
            .build();
    Attributes who =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            settings.serviceName() + "-" + peerName,
            AttributeKey.stringKey("cluster_id"),
            peerId);
    return new Traces(
        SdkTracerProvider.builder()
            .setResource(Resource.getDefault().merge(Resource.create(who)))
            .setSampler(sampler(Math.min(1, settings.samplingProbability())))
            .addSpanProcessor(batches)
            .build());
  }

  /**
   * Clients name a trace with each request, but only some want it recorded; the others do not
   * decide.
   */
  private static Sampler sampler(double probability) {
    Sampler some = Sampler.traceIdRatioBased(probability);
    return Sampler.parentBasedBuilder(some).setRemoteParentNotSampled(some).build();
  }

  @Override
  public HttpWatch http(String server) {
    return new HttpSpans(tracer, server);
  }

  @Override
  public CallWatch calls() {
    return (side, method, peer) ->
        switch (side) {
          case SERVER -> answered(method, peer.toString());
          case CLIENT, LOCAL -> {
            SpanKind kind = side == CallWatch.Side.CLIENT ? SpanKind.CLIENT : SpanKind.INTERNAL;
            Span span = callSpan(kind, method, peer.toString());
            yield failure -> end(span, failure);
          }
        };
  }

  @SuppressWarnings("MustBeClosedChecker") // it is, when the call has ended
  private CallWatch.UnderWay answered(String method, String peer) {
    Span span = callSpan(SpanKind.SERVER, method, peer);
    Scope scope = span.makeCurrent();
    return failure -> {
      scope.close();
      end(span, failure);
    };
  }

  private Span callSpan(SpanKind kind, String method, String peer) {
    return tracer
        .spanBuilder(method)
        .setSpanKind(kind)
        .setAttribute("rpc.system", "gorpc")
        .setAttribute("rpc.method", method)
        .setAttribute("peer", peer)
        .startSpan();
  }

  private static void end(Span span, Optional<? extends Exception> failure) {
    failure.ifPresent(e -> span.setStatus(StatusCode.ERROR, String.valueOf(e.getMessage())));
    span.end();
  }

  @Override
  public Adder adder(Adder adder) {
    return (request, entries, events) -> {
      Span span =
          tracer.spanBuilder("add").setAttribute("kind", AddMetrics.kind(request)).startSpan();
      Optional<Exception> failure = Optional.empty();
      try (Scope _ = span.makeCurrent()) {
        Cid root = adder.add(request, entries, events);
        span.setAttribute("cid", root.toString());
        return root;
      } catch (RuntimeException e) {
        failure = Optional.of(e);
        throw e;
      } finally {
        end(span, failure);
      }
    };
  }

  @Override
  public Blocks reads(Blocks blocks) {
    return cid -> {
      Span span = tracer.spanBuilder("read").setAttribute("cid", cid.toString()).startSpan();
      try {
        return new EndingReading(blocks.open(cid), span::end);
      } catch (RuntimeException e) {
        end(span, Optional.of(e));
        throw e;
      }
    };
  }

  @Override
  public RecoveryWatch recovery() {
    return new RecoveryWatch() {
      @Override
      public void stripe(Work work, Duration took, long bytes) {
        String name = work == Work.READ ? "rebuild for a read" : "rebuild for a repair";
        past(name, took, Attributes.of(AttributeKey.longKey("bytes"), bytes));
      }

      @Override
      public void reported(GroupReport report, Duration took) {
        past(
            "repair",
            took,
            Attributes.of(
                AttributeKey.stringKey("cid"),
                report.root().toString(),
                AttributeKey.longKey("group"),
                (long) report.group(),
                AttributeKey.stringKey("state"),
                report.state()));
      }
    };
  }

  /** A span of what has just ended. */
  private void past(String name, Duration took, Attributes attributes) {
    Instant end = Instant.now();
    tracer
        .spanBuilder(name)
        .setParent(Context.current())
        .setAllAttributes(attributes)
        .setStartTimestamp(end.minus(took))
        .startSpan()
        .end(end);
  }

  /** Sends what waits. */
  @Override
  public void close() {
    provider.shutdown().join(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
