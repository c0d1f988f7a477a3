package io.ecluster.service;

import io.ecluster.service.daemon.Daemon;

/** {@code daemon}: runs the peer. */
final class DaemonCommand {
  private DaemonCommand() {}

  static int run(Invocation given) {
    Invocation invocation =
        given
            .withVariable("--stats", "CLUSTER_METRICS_ENABLESTATS")
            .withVariable("--tracing", "CLUSTER_TRACING_ENABLETRACING");
    Daemon.run(
        invocation.folder(),
        invocation.environment(),
        invocation.items("--bootstrap"),
        !invocation.flag("--no-trust"));
    return Main.OK;
  }
}
