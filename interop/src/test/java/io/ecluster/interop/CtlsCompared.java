package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both command lines against one daemon: the same exit codes, and the same text line for line, but
 * for what differs between two calls of one and the same program: times, free space, traffic, and
 * the order of streams. What {@code recover} finds and {@code ipfs gc} collects changes with each
 * call, so that states are masked for the one, and garbage is made anew for the other.
 *
 * <p>Help differs, and what is told on stderr when an option or an operand is wrong: there only the
 * codes are compared. {@code add --nocopy} of a URL needs an experimental store in Kubo and is left
 * out.
 */
abstract class CtlsCompared {
  private static final String UNKNOWN =
      "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

  private static final String GONE = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";

  /** Commands whose standard output is the same, as text and as JSON. */
  private static final List<String> SAME =
      List.of(
          "id",
          "version",
          "peers ls",
          "peers rm {self}",
          "pin ls",
          "pin ls --filter pin",
          "pin ls --filter meta-pin,shard-pin",
          "pin ls {named}",
          "pin ls {direct}",
          "pin ls {unknown}",
          "status",
          "status --local",
          "status --filter pinned",
          "status --filter error",
          "status {named}",
          "status --local {named}",
          "status {unknown}",
          "status --local {unknown}",
          "status {named} {direct} {unknown}",
          "recover",
          "recover --local",
          "recover {named}",
          "recover --local {named}",
          "health metrics",
          "health metrics ping",
          "health metrics freespace",
          "health metrics bogus",
          "health alerts",
          "health graph",
          "health graph --all-ipfs-peers",
          "health bandwidth",
          "ipfs gc",
          "ipfs gc --local",
          "pin add {named}",
          "pin add --ns -n again --metadata k=v -r -1 {other}",
          "pin add --ns --mode direct {direct}",
          "pin add --wait {other}",
          "pin add --wait --no-status {other}",
          "pin add --ns /ipfs/{other}",
          "pin add --ns /ipfs/{named}/no/such/path",
          "pin add --ns -rmin 3 -rmax 2 {other}",
          "pin add --ns -rmin 5 -rmax 6 {unknown}",
          "pin update --ns {named} {other}",
          "pin update --ns -n new {named} {other}",
          "pin update --ns {unknown} {other}",
          "pin rm --ns {unknown}",
          "add file",
          "add -q file",
          "add -Q -r folder",
          "add -r folder",
          "add -w -r folder",
          "add --no-stream -r folder",
          "add --no-stream -Q -r folder",
          "add --wait -n aName file",
          "add file folder/two",
          "add --chunker size-bogus file",
          "add --hash bogus file",
          "add --format car file");

  /** Commands that end with the same code; what they say is their own. */
  private static final List<String> SAME_CODE =
      List.of(
          "",
          "--help",
          "-v",
          "pin",
          "help pin",
          "bogus",
          "pin bogus",
          "peers add x",
          "--bogus id",
          "id --bogus",
          "--enc xml id",
          "--timeout x id",
          "--secret x id",
          "--host bogus id",
          "--host /p2p/{self} id",
          "--host /ip4/127.0.0.1/tcp/1 id",
          "--https id",
          "--basic-auth a:b id",
          "--basic-auth a:b --force-http id",
          "peers rm",
          "peers rm bogus",
          "pin add",
          "pin add bogus",
          "pin add --expire-in bogus {named}",
          "pin add --metadata bogus {named}",
          "pin add --allocations bogus {named}",
          "pin add --replication x {named}",
          "pin add --wait --wait-timeout 2s {unknown}",
          "pin ls bogus",
          "pin rm bogus",
          "pin update {named}",
          "pin update bogus {named}",
          "status bogus",
          "status --filter bogus",
          "recover bogus",
          "recover {gone}",
          "add",
          "add no-such-file",
          "add folder",
          "add --format car -w file",
          "add --nocopy file",
          "health graph -f no/such/folder",
          "commands");

  @TempDir static Path folder;
  private String named = "";
  private String direct = "";
  private String other = "";
  private String self = "";

  abstract CtlTarget target();

  private CtlProgram.Result run(CtlProgram program, String encoding, String line) {
    List<String> words = new ArrayList<>(List.of("--enc", encoding, "--host", target().host()));
    String filled =
        line.replace("{named}", named)
            .replace("{direct}", direct)
            .replace("{other}", other)
            .replace("{unknown}", UNKNOWN)
            .replace("{gone}", GONE)
            .replace("{self}", self);
    Stream.of(filled.split(" ")).filter(word -> !word.isEmpty()).forEach(words::add);
    return program.run(folder, words);
  }

  private void prepare() throws IOException {
    Files.createDirectories(folder.resolve("folder"));
    Files.writeString(folder.resolve("file"), "a file");
    Files.writeString(folder.resolve("folder/one"), "one");
    Files.writeString(folder.resolve("folder/two"), "two");
    named = inKubo("named");
    direct = inKubo("direct");
    other = inKubo("other");
    run(CtlProgram.GO, "text", "pin add --wait --name aName --metadata k=v {named}").ok();
    run(CtlProgram.GO, "text", "pin add --wait --mode direct {direct}").ok();
    run(CtlProgram.GO, "text", "pin add --wait --expire-in 5h {other}").ok();
    self = run(CtlProgram.GO, "json", "id").documents().getFirst().text("id");
  }

  private String inKubo(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return target()
        .kubo()
        .cli(new ByteArrayInputStream(bytes), "add", "-q", "--pin=false")
        .text()
        .strip();
  }

  @TestFactory
  Stream<DynamicTest> everyCommandPrintsTheSame() throws IOException {
    prepare();
    return SAME.stream()
        .flatMap(line -> Stream.of("text", "json").map(encoding -> same(encoding, line)));
  }

  private DynamicTest same(String encoding, String line) {
    return DynamicTest.dynamicTest(
        encoding + ": " + line,
        () -> {
          CtlProgram.Result go = runAnew(CtlProgram.GO, encoding, line);
          CtlProgram.Result ours = runAnew(CtlProgram.OURS, encoding, line);
          assertThat(masked(line, ours.out())).isEqualTo(masked(line, go.out()));
          assertThat(ours.code()).isEqualTo(go.code());
        });
  }

  private CtlProgram.Result runAnew(CtlProgram program, String encoding, String line) {
    if (line.startsWith("ipfs gc")) {
      target().kubo().run("repo", "gc", "-q");
      inKubo("garbage");
    }
    return run(program, encoding, line);
  }

  @TestFactory
  Stream<DynamicTest> everyMistakeHasTheSameCode() throws IOException {
    prepare();
    return SAME_CODE.stream()
        .map(line ->
            DynamicTest.dynamicTest(
                "ends alike: " + line,
                () -> {
                  CtlProgram.Result go = run(CtlProgram.GO, "text", line);
                  CtlProgram.Result ours = run(CtlProgram.OURS, "text", line);
                  assertThat(ours.code())
                      .as("Go: %s%s%nours: %s%s", go.out(), go.err(), ours.out(), ours.err())
                      .isEqualTo(go.code());
                }));
  }

  private static String masked(String line, String output) {
    if (line.equals("health metrics")) { // their order is another one each time
      return output.replace(",", "").lines().sorted().collect(Collectors.joining("\n"));
    }
    return line.startsWith("recover") ? masked(withoutStates(output)) : masked(output);
  }

  private static String withoutStates(String output) {
    return output
        .replaceAll(" : [A-Z_]+ \\|", " : … |")
        .replaceAll("Attempts: \\d+ \\| Priority: \\w+", "…")
        .replaceAll("(\"status\": )\"\\w+\"", "$1…")
        .replaceAll("(\"(attempt_count|priority_pin)\": )\\w+", "$1…");
  }

  private static String masked(String output) {
    return blocks(
            output
                .replaceAll(
                    "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)?",
                    "TIME")
                .replaceAll("Expires in: .*", "Expires in: …")
                .replaceAll("freespace: [0-9.]+ [kMGT]?B", "freespace: …")
                .replaceAll("(\"(expire|received_at|weight)\": )\\d+", "$1…")
                .replaceAll("(\"value\": )\"\\d+\"", "$1…")
                .replaceAll("((In|Out): +)[0-9.]+ ?[kMGT]?B", "$1…")
                .replaceAll("((total|rate)_(in|out)\": )[-+0-9.e]+", "$1…"))
        .sorted()
        .collect(Collectors.joining());
  }

  /** A document, or a line with what is indented below it. */
  private static Stream<String> blocks(String output) {
    return Stream.of(output.split("(?<=\n)(?=[^ }\\]\n])"));
  }
}
