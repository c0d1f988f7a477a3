package io.ecluster.service.observe;

import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpWatch;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A span for each request; it continues the client's trace if a {@code traceparent} names one. */
final class HttpSpans implements HttpWatch {
  private static final int FIRST_SERVER_ERROR = 500;

  private static final TextMapGetter<Exchange> HEADERS =
      new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // has no default, and nobody calls it
        public Iterable<String> keys(Exchange x) {
          return List.copyOf(x.headers().getFieldNamesCollection());
        }

        @Override
        public @Nullable String get(@Nullable Exchange x, String name) {
          return x == null ? null : x.headers().get(name);
        }
      };

  private final Tracer tracer;
  private final String server;

  HttpSpans(Tracer tracer, String server) {
    this.tracer = tracer;
    this.server = server;
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // it is, when the request has ended
  public UnderWay begun(Exchange x) {
    Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), x, HEADERS);
    Span span =
        tracer
            .spanBuilder(x.method())
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("server", server)
            .setAttribute("http.request.method", x.method())
            .setAttribute("url.path", x.rawPath())
            .startSpan();
    Scope scope = span.makeCurrent();
    return broken -> {
      scope.close();
      end(span, x, broken);
    };
  }

  private static void end(Span span, Exchange x, Optional<Exception> broken) {
    span.updateName(x.method() + " " + x.route());
    span.setAttribute("http.route", x.route());
    span.setAttribute("http.response.status_code", x.status());
    broken.ifPresent(e -> span.setStatus(StatusCode.ERROR, String.valueOf(e.getMessage())));
    if (x.status() >= FIRST_SERVER_ERROR) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
