package io.ecluster.service.api;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.GroupReport;
import io.ecluster.recovery.NotCodedException;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code POST /ecrecovery}: repairs coded groups and tells of each. */
public final class EcRecoveryRoute {
  private final Repair repair;
  private final Function<PeerId, String> names;

  /** Looks at coded groups and repairs them, as {@code EcRecovery} does. */
  @FunctionalInterface
  public interface Repair {
    void run(Optional<Cid> root, boolean dryRun, boolean verify, Consumer<GroupReport> each);
  }

  /**
   * @param names the name of a peer; empty text if it is not known
   */
  public EcRecoveryRoute(Repair repair, Function<PeerId, String> names) {
    this.repair = repair;
    this.names = names;
  }

  void handle(Exchange x) {
    Query query = x.query();
    Optional<Cid> root = query.cid("cid");
    boolean dryRun = query.flag("dry-run", false);
    boolean verify = query.flag("verify", false);
    JsonStream.answer(x, send -> run(root, dryRun, verify, send));
  }

  private void run(Optional<Cid> root, boolean dryRun, boolean verify, Consumer<Object> send) {
    try {
      repair.run(root, dryRun, verify, report -> send.accept(json(report, names)));
    } catch (NotCodedException e) {
      throw ApiException.badRequest(Errors.message(e));
    }
  }

  static Map<String, @Nullable Object> json(GroupReport report, Function<PeerId, String> names) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("cid", report.root().toString());
    json.put("name", report.name());
    json.put("group", report.group());
    json.put("groups", report.groups());
    json.put("data_shards", report.dataShards());
    json.put("parity_shards", report.parityShards());
    json.put("state", report.state());
    json.put("margin", report.margin());
    json.put("margin_after", report.marginAfter());
    json.put("shards", report.shards().stream().map(shard -> json(shard, names)).toList());
    json.put("bytes_to_read", report.bytesToRead());
    json.put("bytes_to_write", report.bytesToWrite());
    json.put("error", report.error());
    return json;
  }

  private static Map<String, @Nullable Object> json(
      GroupReport.Shard shard, Function<PeerId, String> names) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("column", shard.column());
    json.put("cid", shard.cid().map(Object::toString).orElse(null));
    json.put("peer", text(shard.peer()));
    json.put("peername", shard.peer().map(names).orElse(""));
    json.put("state", shard.state());
    json.put("new_peer", text(shard.newPeer()));
    json.put("new_peername", shard.newPeer().map(names).orElse(""));
    return json;
  }

  private static String text(Optional<PeerId> peer) {
    return peer.map(Object::toString).orElse("");
  }
}
