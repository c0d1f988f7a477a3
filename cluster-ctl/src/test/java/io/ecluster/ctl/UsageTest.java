package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help, wrong usage, and what each kind of failure ends with. */
class UsageTest {
  private static final byte[] FINE = FakeApi.json(200, "{}");

  static Stream<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(new CommandLine(Commands.all()), List.of(), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> all) {
    all.add(path);
    command
        .getSubcommands()
        .forEach((name, child) -> {
          List<String> longer = new ArrayList<>(path);
          longer.add(name);
          collect(child, longer, all);
        });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHelps(List<String> command) {
    for (String flag : List.of("-h", "--help", "-help")) {
      List<String> line = new ArrayList<>(command);
      line.add(flag);
      Ctl.Result result = Ctl.run(Map.of(), line.toArray(String[]::new));
      assertThat(result.code()).isZero();
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).startsWith("Usage: ").contains("--help");
      assertThat(result.out().lines()).allMatch(text -> text.length() <= 120);
    }
  }

  @Test
  void theCommandsAreThoseOfTheSpecification() {
    assertThat(
            commands()
                .map(words -> String.join(" ", words))
                .filter(command -> !command.matches(".* (help|h)")))
        .containsExactlyInAnyOrder(
            "",
            "id",
            "peers",
            "peers ls",
            "peers rm",
            "add",
            "pin",
            "pin add",
            "pin rm",
            "pin update",
            "pin ls",
            "status",
            "recover",
            "version",
            "health",
            "health graph",
            "health metrics",
            "health alerts",
            "health bandwidth",
            "ipfs",
            "ipfs gc",
            "ecget",
            "ecrecovery",
            "completion",
            "man",
            "commands",
            "help",
            "h");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pin", "peers", "health", "ipfs"})
  void groupsShowTheirHelp(String line) {
    Ctl.Result result = Ctl.run(Map.of(), line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("Usage: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-v", "--version"})
  void theVersionIsOurOwn(String flag) {
    assertThat(Ctl.run(Map.of(), flag))
        .isEqualTo(new Ctl.Result(0, "ipfs-cluster-ctl version 1.1.6\n", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "h", "--enc json help", "help pin add", "pin help", "pin h add"})
  void helpIsACommandToo(String line) {
    Ctl.Result result = Ctl.run(Map.of(), line.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("Usage: ipfs-cluster-ctl");
    assertThat(result.out().contains("--replication-max")).isEqualTo(line.endsWith("add"));
  }

  @Test
  void allCommandsAreListedOnceInTheirOrder() {
    Ctl.Result result = Ctl.run(Map.of(), "commands");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith("ipfs-cluster-ctl id\nipfs-cluster-ctl peers\nipfs-cluster-ctl peers ls\n")
        .endsWith("ipfs-cluster-ctl commands\nipfs-cluster-ctl help\n");
    assertThat(result.out().lines()).doesNotHaveDuplicates().hasSize(26);
  }

  @ParameterizedTest
  @CsvSource({
    "bogus,bogus",
    "pin bogus,bogus",
    "peers bogus,bogus",
    "peers add,add",
    "health bogus x,bogus",
    "help bogus,bogus",
    "help pin bogus,bogus",
    "pin help bogus,bogus"
  })
  void unknownCommandsHaveACodeOfTheirOwn(String line, String name) {
    assertThat(Ctl.run(Map.of(), line.split(" ")))
        .isEqualTo(new Ctl.Result(3, "", "No help topic for '" + name + "'\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bogus id",
        "id --bogus",
        "add --bogus x",
        "ecget --range",
        "-t",
        "pin ls -x",
        "--timeout soon id",
        "pin add -r x y",
        "add --cid-version one x"
      })
  void unknownFlagsShowTheUsage(String line) {
    Ctl.Result result = Ctl.run(Map.of(), line.split(" "));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).startsWith("Incorrect Usage: ").contains("Usage: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--enc xml id | error : unsupported encoding",
        "--secret xyz id | error parsing secret: ",
        "status --filter bogus | error parsing filter flag: invalid filter name",
        "status --sort size | error : --sort must be",
        "pin add --expire-in soon {cid} | error parsing expire-in: ",
        "pin add /bogus/{cid} | error : ",
        "pin add /ipfs/bogus | error parsing cid: ",
        "pin add /ipfs/{cid}/../x | error : ",
        "pin add / | error : ",
        "pin update {cid} | error : need exactly two",
        "pin update bogus {cid} | error parsing cid: ",
        "pin update {cid} bogus | error parsing cid: ",
        "add --expire-in soon /dev/null | error ",
        "add --nocopy /etc/hostname | error adding: nocopy option is only valid for URLs",
        "add http:///x | error parsing path: ",
        "completion | error : need exactly one shell",
        "completion tcsh | error : no completion",
        "--host nonsense id | error parsing host multiaddress: ",
        "--timeout -1 id | error : --timeout must be",
        "status abc | error parsing cid: ",
        "status {cid} a/b | error parsing cid: ",
        "recover abc | error parsing cid: ",
        "recover {cid} {cid} | error : need exactly one CID",
        "pin add | error : need exactly one CID or path",
        "pin add abc | error parsing cid: ",
        "pin add --metadata x {cid} | error parsing metadata: ",
        "pin add --allocs bogus {cid} | error parsing peer ID: ",
        "pin rm a b | error : need exactly one CID or path",
        "pin ls abc | error parsing cid: ",
        "peers rm | error : need exactly one peer",
        "peers rm bogus | error parsing peer ID: ",
        "ecget | error : need exactly one CID",
        "ecget ../x | error parsing cid: ",
        "ecget {cid} --range 5-2 | error : --range must look like",
        "ecget {cid} --range a-b | error : --range must look like",
        "ecget {cid} --range - | error : --range must look like",
        "ecget {cid} --range 1-2,5-6 | error : --range must look like",
        "ecget {cid} --range 1-9999999999999999999 | error : --range must look like",
        "ecget {cid} -o /no/such/folder/file | error : /no/such/folder: no such folder",
        "ecget {cid} -o /no/such/ | error : /no/such: no such folder",
        "ecrecovery abc | error parsing cid: ",
        "add | error : need at least one path",
        "add /no/such/file | error adding: /no/such/file: no such file or directory",
        "add --format car -w /dev/null | error : a CAR file",
        "add /dev/null | error adding: /dev/null is neither a file nor a folder"
      })
  void whatIsWrongHereIsToldBeforeAnythingIsAsked(String line, String message) {
    try (FakeApi api = FakeApi.answering(FINE)) {
      Ctl.Result result = Ctl.run(api, line.replace("{cid}", Ctl.CID).split(" "));
      assertThat(result.err()).startsWith(message).endsWith("\n");
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.code()).isEqualTo(1);
      assertThat(api.requests()).isEmpty();
    }
  }

  @Test
  void anErrorOfTheApiIsToldOnStdout() {
    byte[] answer =
        FakeApi.json(401, "{\"code\":401,\"message\":\"unauthorized: no auth provided\"}");
    try (FakeApi api = FakeApi.answering(answer)) {
      assertThat(Ctl.run(api, "id"))
          .isEqualTo(
              new Ctl.Result(
                  2,
                  "An error occurred:\n  Code: 401\n  Message: unauthorized: no auth provided\n",
                  ""));
      assertThat(Ctl.run(api, "--enc", "json", "id"))
          .isEqualTo(
              new Ctl.Result(
                  2,
                  "{\n    \"code\": 401,\n    \"message\": \"unauthorized: no auth provided\"\n}\n",
                  ""));
    }
  }

  @Test
  void anApiThatCannotBeReachedHasCodeZero() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Ctl.Result result = Ctl.run(Map.of(), "--host", "/ip4/127.0.0.1/tcp/" + port, "id");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).startsWith("An error occurred:\n  Code: 0\n  Message: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not json", "[]", "{\"peername\":7}", "{\"addresses\":{}}", "7"})
  void anAnswerThatIsNoneIsAnError(String body) {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, body))) {
      Ctl.Result result = Ctl.run(api, "id");
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).startsWith("error : ").doesNotContain("internal", "Exception");
    }
  }

  @Test
  void aTimeThatIsNoneIsAnError() {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, "{\"timestamp\":\"noon\"}"))) {
      Ctl.Result result = Ctl.run(api, "pin", "ls", Ctl.CID);
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).startsWith("error : bad answer: ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "me:secret | '' | Basic bWU6c2VjcmV0",
        "me | '' | Basic bWU6",
        "'' | me:secret | Basic bWU6c2VjcmV0",
        "you:x | me:secret | Basic eW91Ong=",
        ":x | '' | ''",
        "me:a:b | '' | Basic bWU6YTpi",
        "'' | '' | ''"
      })
  void credentialsComeFromTheFlagOrTheEnvironment(String flag, String variable, String header) {
    try (FakeApi api = FakeApi.answering(FINE)) {
      List<String> line = new ArrayList<>(List.of("--force-http", "--host", api.address()));
      if (!flag.isEmpty()) {
        line.addAll(List.of("--basic-auth", flag));
      }
      line.add("version");
      Map<String, String> environment =
          variable.isEmpty() ? Map.of() : Map.of("CLUSTER_CREDENTIALS", variable);
      assertThat(Ctl.run(environment, line.toArray(String[]::new)).code()).isZero();
      assertThat(api.onlyRequest().headers().getOrDefault("authorization", "")).isEqualTo(header);
    }
  }

  @Test
  void hostsAreTriedInTurn() {
    try (FakeApi dead = FakeApi.answering(new byte[0]);
        FakeApi good = FakeApi.answering(FakeApi.json(200, "{\"version\":\"x\"}"))) {
      String hosts = "/dns4/no-such-host.invalid/tcp/1," + dead.address() + "," + good.address();
      assertThat(Ctl.run(Map.of(), "--host", hosts, "version"))
          .isEqualTo(new Ctl.Result(0, "x\n", ""));
    }
  }
}
