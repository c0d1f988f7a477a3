package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusSortTest {
  private static String info(String cid, String name, String one, String two) {
    return "{\"cid\":\"%s\",\"name\":\"%s\",\"peer_map\":{\"p\":{\"peername\":\"one\",\"status\":\"%s\"},\"q\":{\"peername\":\"two\",\"status\":\"%s\"}}}"
        .formatted(cid, name, one, two);
  }

  private static final byte[] ANSWER =
      FakeApi.lines(
          "",
          info("c1", "z", "remote", "pinned"),
          info("c2", "a", "pinned", "remote"),
          info("c3", "b", "pinned", "pinned"),
          info("c4", "a", "remote", "pinned"),
          info("c5", "y", "pinning", "remote"));

  @ParameterizedTest
  @CsvSource({"status --sort name, c2 c4 c3 c5 c1", "status --sort pinned-peer, c5 c2 c3 c4 c1"})
  void pinsAreSorted(String line, String cids) {
    try (FakeApi api = FakeApi.answering(ANSWER)) {
      Ctl.Result result = Ctl.run(api, line.split(" "));
      assertThat(result.code()).isZero();
      assertThat(
              Pattern.compile("^c\\d", Pattern.MULTILINE)
                  .matcher(result.out())
                  .results()
                  .map(match -> match.group()))
          .containsExactly(cids.split(" "));
    }
  }
}
