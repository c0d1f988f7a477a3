package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** {@code health}: who is connected to whom, metrics, alerts, traffic. */
final class HealthCommands {
  private HealthCommands() {}

  static Command describe() {
    return Command.named("health", "Shows how the cluster is.")
        .sub(graph())
        .sub(
            Command.named("metrics", "Shows the latest metrics of all peers.")
                .details(
                    "Without a name the names of all metrics are listed. The most useful ones are"
                        + " freespace and ping.")
                .operands("[NAME]")
                .does(HealthCommands::metrics))
        .sub(
            Command.named("alerts", "Shows metrics that ran out, the newest first.")
                .details(
                    "A metric runs out when a peer has not sent it again in time. When that is"
                        + " ping, the peer is taken for gone.")
                .does(HealthCommands::alerts))
        .sub(
            Command.named("bandwidth", "Shows the traffic of each libp2p protocol.")
                .does((session, _) ->
                    session.print("GET", "/health/bandwidth", PeerText::bandwidth)));
  }

  private static Command graph() {
    return Command.named("graph", "Draws who is connected to whom.")
        .details("What is printed is for dot, a program of Graphviz: … | dot -Tsvg > graph.svg")
        .option("", "FILE", "write to a file", "-f", "--file")
        .flag("also IPFS peers that belong to no peer of the cluster", "--all-ipfs-peers")
        .does(HealthCommands::graph);
  }

  private static void graph(Session session, Arguments a) {
    JsonObject answer = JsonObject.of(session.api().call("GET", "/health/graph"));
    String dot = DotGraph.of(answer, a.flag("--all-ipfs-peers"));
    String file = a.text("--file");
    if (!file.isEmpty()) {
      write(Path.of(file), dot);
    } else if (session.output().style().terminal()) {
      session.output().line(dot);
    } else {
      session.output().out().print(dot);
    }
  }

  private static void write(Path file, String dot) {
    try {
      Files.writeString(file, dot);
    } catch (IOException e) {
      throw new LocalException("error creating output file: " + Failures.text(e));
    }
  }

  private static void metrics(Session session, Arguments a) {
    String path = "/monitor/metrics";
    if (a.operands().isEmpty()) {
      session.printList(path, String::valueOf);
    } else {
      Instant now = session.waits().clock().instant();
      String named = path + "/" + Session.encodePart(a.operand("metric name"));
      session.printList(named, metric -> PeerText.metric(JsonObject.of(metric), now));
    }
  }

  private static void alerts(Session session, Arguments a) {
    Instant now = session.waits().clock().instant();
    session.printList("/health/alerts", alert -> PeerText.alert(JsonObject.of(alert), now));
  }
}
