package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.util.Locale;

/** What erasure-coded repair says of a group, as lines of text. */
final class GroupText {
  private GroupText() {}

  static String group(JsonObject group, Style style) {
    StringBuilder text = new StringBuilder(head(group, style));
    for (Object shard : group.list("shards")) {
      text.append('\n').append(shard(JsonObject.of(shard), group.number("data_shards")));
    }
    if (!group.text("error").isEmpty()) {
      text.append("\n    ! ").append(style.bad(group.text("error")));
    }
    return text.toString();
  }

  private static String head(JsonObject group, Style style) {
    long margin = group.number("margin");
    long after = group.number("margin_after");
    String work =
        group.number("bytes_to_write") == 0
            ? ""
            : " | reads %s, writes %s"
                .formatted(
                    Sizes.text(group.number("bytes_to_read")),
                    Sizes.text(group.number("bytes_to_write")));
    return "%s | %s | group %d of %d | %d+%d | Margin: %s | %s%s"
        .formatted(
            style.strong(group.text("cid")),
            group.text("name"),
            group.number("group") + 1,
            group.number("groups"),
            group.number("data_shards"),
            group.number("parity_shards"),
            margin == after ? String.valueOf(margin) : margin + " -> " + after,
            style.status(group.text("state").toUpperCase(Locale.ROOT)),
            work);
  }

  private static String shard(JsonObject shard, long dataShards) {
    long column = shard.number("column");
    String kind = column < dataShards ? "data " + column : "parity " + (column - dataShards);
    String peer = peer(shard, "peer");
    String target = shard.text("new_peer").isEmpty() ? "" : " -> " + peer(shard, "new_peer");
    return "    > %-9s : %-8s : %s%s".formatted(kind, shard.text("state"), peer, target);
  }

  private static String peer(JsonObject shard, String key) {
    String name = shard.text(key + "name");
    return name.isEmpty() ? shard.text(key) : name + " (" + shard.text(key) + ")";
  }
}
