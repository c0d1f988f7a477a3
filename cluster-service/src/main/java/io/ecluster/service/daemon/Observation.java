package io.ecluster.service.daemon;

import io.ecluster.multiformats.PeerId;
import io.ecluster.service.config.ObservationSettings;
import io.ecluster.service.config.Settings;
import io.ecluster.service.observe.Metrics;
import io.ecluster.service.observe.Observer;
import io.ecluster.service.observe.Traces;
import java.util.Optional;

/** What watches a peer, as its settings want it. */
record Observation(Observer observer, Optional<Metrics> metrics) {
  static Observation of(Settings settings, PeerId id, Closers closers) {
    ObservationSettings observations = settings.observations();
    Optional<Metrics> metrics =
        observations.metrics().enabled()
            ? Optional.of(closers.add(new Metrics(observations.metrics())))
            : Optional.empty();
    Observer traces =
        observations.tracing().enabled()
            ? closers.add(
                Traces.start(
                    observations.tracing(),
                    id.toString(),
                    settings.cluster().peerName(),
                    System.getenv()))
            : Observer.NONE;
    Observer both = Observer.both(metrics.<Observer>map(m -> m).orElse(Observer.NONE), traces);
    return new Observation(both, metrics);
  }

  /** Begins to tell of a peer that is put together. */
  void start(Foundation base) {
    metrics.ifPresent(m ->
        m.start(
            new Metrics.Sources(
                base.tracker, base.consensus, base.pubsub::stats, base.refused, base.peers),
            Thread::sleep));
  }
}
