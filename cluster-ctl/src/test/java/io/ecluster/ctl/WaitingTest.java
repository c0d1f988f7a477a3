package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.FakeApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        "pin add --wait {cid} | -1 | cluster_error pinned | 1 | 0",
        "pin add --wait --wt 10s {cid} | -1 | pinning | 62 | 11",
        "pin add --wait --wait-timeout 1m30s {cid} | -1 | pinning | 62 | 91",
        "pin rm --wait {cid} | 1 | pinned pinned;unpinned pinned;unpinned unpinned | 0 | 2",
        "pin rm --wait {cid} | 1 | unpin_error unpinned | 1 | 0",
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
      assertThat(result.err()).isEqualTo("error waiting for pin: interrupted\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0s, 0",
    "1s, 1000",
    "1.5s, 1500",
    "250ms, 250",
    "2m, 120000",
    "1h30m, 5400000",
    "1m.5s, 60500",
    "3000us, 3",
    "2000000ns, 2"
  })
  void durationsAreThoseOfGo(String text, long millis) {
    assertThat(Waiting.duration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "5", "5 s", "s", "1d", "-5s", "1s x", "1..5s", "1m2"})
  void otherDurationsAreRefused(String text) {
    assertThatThrownBy(() -> Waiting.duration(text)).isInstanceOf(LocalException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--wl x", "--wl -1", "--wt soon"})
  void badLimitsAreRefused(String option) {
    try (FakeApi api = peers(-1, "pinning")) {
      Ctl.Result result = run(api, "pin add --wait " + option + " {cid}");
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).startsWith("error : --wait-");
    }
  }
}
