package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.GroupReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EcRecoveryRouteTest {
  private static final Cid ROOT = Cid.parse("QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ");
  private static final PeerId OLD =
      PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");
  private static final PeerId NEW =
      PeerId.parse("12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq");

  @Test
  void aReportIsOneDocumentWithTheKeysInOrder() {
    GroupReport report =
        new GroupReport(
            ROOT,
            "file",
            1,
            3,
            4,
            2,
            "repaired",
            1,
            2,
            List.of(
                new GroupReport.Shard(
                    0, Optional.of(ROOT), Optional.of(OLD), "rebuilt", Optional.of(NEW)),
                new GroupReport.Shard(
                    1, Optional.empty(), Optional.empty(), "empty", Optional.empty())),
            400,
            100,
            "");
    String shard =
        "{\"column\":0,\"cid\":\"%s\",\"peer\":\"%s\",\"peername\":\"name of %s\","
                .formatted(ROOT, OLD, OLD)
            + "\"state\":\"rebuilt\",\"new_peer\":\"%s\",\"new_peername\":\"name of %s\"}"
                .formatted(NEW, NEW);
    String empty =
        "{\"column\":1,\"cid\":null,\"peer\":\"\",\"peername\":\"\",\"state\":\"empty\","
            + "\"new_peer\":\"\",\"new_peername\":\"\"}";
    String head =
        "{\"cid\":\"%s\",\"name\":\"file\",\"group\":1,\"groups\":3,\"data_shards\":4,"
            .formatted(ROOT);
    assertThat(Json.write(EcRecoveryRoute.json(report, peer -> "name of " + peer)))
        .isEqualTo(
            head
                + "\"parity_shards\":2,\"state\":\"repaired\",\"margin\":1,\"margin_after\":2,"
                + "\"shards\":["
                + shard
                + ","
                + empty
                + "],\"bytes_to_read\":400,\"bytes_to_write\":100,\"error\":\"\"}");
  }
}
