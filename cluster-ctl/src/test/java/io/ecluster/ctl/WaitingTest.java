package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Waiting for pins, in a time that passes only while somebody waits. */
class WaitingTest {
  private final Ctl.Time time = new Ctl.Time();

  /** Statuses of the peers at each poll; the last stays. */
  private FakeApi peers(int fewest, String... polls) {
    AtomicInteger poll = new AtomicInteger();
    return FakeApi.start((request, out) -> {
      if (request.method().equals("GET")) {
        int at = Math.min(poll.getAndIncrement(), polls.length - 1);
        out.write(FakeApi.json(200, info(polls[at])));
      } else {
        out.write(
            FakeApi.json(
                200, "{\"cid\":\"" + Ctl.CID + "\",\"replication_factor_min\":" + fewest + "}"));
      }
    });
  }

  private static String info(String statuses) {
    List<String> peers = new ArrayList<>();
    for (String status : statuses.split(" ")) {
      peers.add("\"p" + peers.size() + "\":{\"status\":\"" + status + "\"}");
    }
    return "{\"cid\":\"" + Ctl.CID + "\",\"peer_map\":{" + String.join(",", peers) + "}}";
  }

  private Ctl.Result run(FakeApi api, String line) {
    List<String> all = new ArrayList<>(List.of("--host", api.address()));
    all.addAll(List.of(line.replace("{cid}", Ctl.CID).split(" ")));
    return Ctl.run(Map.of(), time.waits(), all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pin add --wait {cid} | -1 | pinning pinning;pinned pinning;pinned pinned | 0 | 2",
        "pin add --wait {cid} | -1 | pinned pinned remote | 0 | 0",
        "pin add --wait {cid} | 2 | pinning pinning pinning;pinned pinned pinning | 0 | 1",
        "pin add --wait --wl 1 {cid} | -1 | pinning pinning;pinned pinning | 0 | 1",
        "pin add --wait --wait-limit 9 {cid} | -1 | pinned pinning;pinned pinned | 0 | 1",
        "pin add --wait {cid} | -1 | pinning;pin_error | 1 | 1",
        "pin add --wait {cid} | -1 | cluster_error pinned | 1 | 1",
        "pin add --wait {cid} | -1 | pin_error;pinned | 0 | 1",
        "pin add --wait --wl -1 {cid} | 1 | pinned pinning;pinned pinned | 0 | 1",
        "pin add --wait --wt 1s {cid} | -1 | pinning;pinning;pinning;pinned | 0 | 3",
        "pin update --wait {cid} {cid} | 1 | pinning pinning;pinned pinning | 0 | 1",
        "pin rm --wait {cid} | 1 | unpinned remote;unpinned unpinned | 0 | 1",
        "pin add --wait --wt 10s {cid} | -1 | pinning | 62 | 11",
        "pin add --wait --wait-timeout 1m30s {cid} | -1 | pinning | 62 | 91",
        "pin rm --wait {cid} | 1 | pinned pinned;unpinned pinned;unpinned unpinned | 0 | 2",
        "pin rm --wait {cid} | 1 | unpin_error unpinned | 1 | 1",
        "pin add {cid} | -1 | pinning | 0 | 1",
        "pin rm {cid} | 1 | unpinned | 0 | 1"
      })
  void waitingEndsWhenItShould(String line, int fewest, String polls, int code, int pauses) {
    try (FakeApi api = peers(fewest, polls.split(";"))) {
      Ctl.Result result = run(api, line);
      assertThat(result.code()).as(result.out() + result.err()).isEqualTo(code);
      assertThat(time.pauses).isEqualTo(pauses);
      assertThat(result.out()).isEqualTo(code == 0 ? result.out() : "");
      assertThat(result.err().isEmpty()).isEqualTo(code == 0);
    }
  }

  @Test
  void anInterruptionHasACodeOfItsOwn() {
    Waits interrupted =
        new Waits(
            java.time.InstantSource.system(),
            _ -> {
              throw new InterruptedException();
            });
    try (FakeApi api = peers(-1, "pinning")) {
      Ctl.Result result =
          Ctl.run(Map.of(), interrupted, "--host", api.address(), "pin", "add", "--wait", Ctl.CID);
      assertThat(result.code()).isEqualTo(125);
      assertThat(result.err()).isEqualTo("error waiting for pin status: interrupted\n");
    }
  }

  @Test
  void withoutStatusThePinIsShown() {
    try (FakeApi api = peers(-1, "pinning", "pinned")) {
      Ctl.Result result = run(api, "--enc json pin add --wait --ns {cid}");
      assertThat(result.code()).isZero();
      assertThat(result.out())
          .contains("\"replication_factor_min\": -1")
          .doesNotContain("peer_map");
      assertThat(api.requests()).hasSize(3);
    }
  }

  @Test
  void theStatusThatEndedTheWaitIsShown() {
    try (FakeApi api = peers(-1, "pinning", "pinned", "pin_error")) {
      assertThat(run(api, "pin add --wait {cid}").out()).contains("PINNED");
      assertThat(api.requests()).hasSize(3);
    }
  }

  @Test
  void anErrorWhileWaitingIsALocalOne() {
    try (FakeApi api =
        FakeApi.start((request, out) ->
            out.write(
                request.method().equals("GET")
                    ? FakeApi.json(500, "{\"code\":500,\"message\":\"no\"}")
                    : FakeApi.json(200, "{\"cid\":\"" + Ctl.CID + "\"}")))) {
      assertThat(run(api, "pin rm --wait {cid}"))
          .isEqualTo(new Ctl.Result(1, "", "error waiting for pin status: no\n"));
    }
  }

  @Test
  void badLimitsAreRefused() {
    try (FakeApi api = peers(-1, "pinning")) {
      Ctl.Result number = run(api, "pin add --wait --wl x {cid}");
      assertThat(number.code()).isEqualTo(1);
      assertThat(number.out()).startsWith("Incorrect Usage: ").contains("--wl");
      Ctl.Result duration = run(api, "pin add --wait --wt soon {cid}");
      assertThat(duration.code()).isEqualTo(1);
      assertThat(duration.err()).startsWith("error parsing --wait-timeout: ");
    }
  }
}
