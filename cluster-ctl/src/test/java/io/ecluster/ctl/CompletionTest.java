package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completion scripts, run by the real shells; a shell that is not there is skipped. */
class CompletionTest {
  @TempDir Path folder;

  private static String script(String shell) {
    Ctl.Result result = Ctl.run(Map.of(), "completion", shell);
    assertThat(result.code()).isZero();
    return result.out();
  }

  private List<String> run(String shell, String... more) throws Exception {
    Path out = folder.resolve("out");
    List<String> command = List.of(Ctl.words(shell, more));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, shell + " is not installed");
      throw e;
    }
    assertThat(process.waitFor()).as(Files.readString(out)).isZero();
    return Files.readString(out, StandardCharsets.UTF_8).lines().sorted().toList();
  }

  private Path saved(String shell) throws IOException {
    return Files.writeString(folder.resolve("completion"), script(shell));
  }

  private List<String> bash(String line) throws Exception {
    String words =
        Stream.of(line.replace("=", " = ").split(" "))
            .map(word -> word.equals("_") ? "''" : word) // nothing is typed yet
            .collect(Collectors.joining(" "));
    String program =
        """
        source %s
        COMP_WORDS=(%s)
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _ipfs_cluster_ctl
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(saved("bash"), words);
    return run("bash --norc -c", program).stream().filter(word -> !word.isEmpty()).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ipfs-cluster-ctl p | peers pin",
        "ipfs-cluster-ctl pin | pin",
        "ipfs-cluster-ctl pin _ | add ls rm update",
        "ipfs-cluster-ctl --enc json pin u | update",
        "ipfs-cluster-ctl --enc=json pin u | update",
        "ipfs-cluster-ctl --host add health _ | alerts bandwidth graph metrics",
        "ipfs-cluster-ctl pin add --repl | --replication --replication-max --replication-min",
        "ipfs-cluster-ctl pin add --name status --w | --wait --wait-limit --wait-timeout --wl --wt",
        "ipfs-cluster-ctl --enc _ | json text",
        "ipfs-cluster-ctl --enc=j | json",
        "ipfs-cluster-ctl pin add --mode d | direct",
        "ipfs-cluster-ctl pin add -n _ | ''",
        "ipfs-cluster-ctl pin add _ | ''",
        "ipfs-cluster-ctl completion _ | bash fish zsh",
        "ipfs-cluster-ctl help ver | version",
        "ipfs-cluster-ctl add a-f | a-file a-folder",
        "ipfs-cluster-ctl add --raw-leaves a-fi | a-file",
        "ipfs-cluster-ctl ecget -o a-fo | a-folder"
      })
  void bashCompletes(String line, String words) throws Exception {
    Files.createFile(folder.resolve("a-file"));
    Files.createDirectory(folder.resolve("a-folder"));
    assertThat(String.join(" ", bash(line))).isEqualTo(words);
  }

  @Test
  void everyOptionIsInEveryScript() {
    for (String shell : List.of("bash", "zsh", "fish")) {
      String script = script(shell);
      for (String name : List.of("no-check-certificate", "all-ipfs-peers", "parity-shards")) {
        assertThat(script).as(shell).contains(name);
      }
    }
  }

  @Test
  void zshAcceptsAndCompletes() throws Exception {
    String program =
        """
        compdef() { : }
        compadd() { shift; print -l -- "$@" }
        _files() { print files }
        source %s
        words=(ipfs-cluster-ctl --enc json pin ''); CURRENT=5
        _ipfs_cluster_ctl
        words=(ipfs-cluster-ctl --enc ''); CURRENT=3
        _ipfs_cluster_ctl
        words=(ipfs-cluster-ctl add -q ''); CURRENT=4
        _ipfs_cluster_ctl
        """
            .formatted(saved("zsh"));
    assertThat(run("zsh -f -c", program))
        .containsExactly("add", "files", "json", "ls", "rm", "text", "update");
  }

  @ParameterizedTest
  @CsvSource({
    "pin _, add ls rm update",
    "--enc json pin u, update",
    "--enc _, json text",
    "pin add --mode d, direct",
    "pin add --wait-, --wait-limit --wait-timeout",
    "add --wait-, --wait-limit --wait-timeout",
    "add --data-s, --data-shards",
    "pin add --data-s, ''"
  })
  void fishAcceptsAndCompletes(String line, String words) throws Exception {
    String typed = "ipfs-cluster-ctl " + line.replace("_", "");
    String program = "source %s; complete -C '%s'".formatted(saved("fish"), typed);
    assertThat(run("fish --no-config -c", program))
        .extracting(found -> found.split("\t")[0])
        .isEqualTo(words.isEmpty() ? List.of() : List.of(words.split(" ")));
  }
}
