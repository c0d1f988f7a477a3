package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What scripts around a command line of IPFS Cluster rely on: the cases that the project's own
 * shell tests cover for basic commands, reports, pinning, adding and health, but those of IPNS.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class CtlScenarios {
  private static final int COLUMNS = 120;
  private static final String UNKNOWN =
      "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

  @TempDir static Path folder;

  abstract CtlProgram program();

  abstract CtlTarget target();

  /** A command against the daemon; the words are separated by spaces. */
  final CtlProgram.Result ctl(String line, String... more) {
    List<String> words = new ArrayList<>(List.of("--host", target().host()));
    words.addAll(List.of(line.split(" ")));
    words.addAll(List.of(more));
    return program().run(folder, words);
  }

  private CtlProgram.Result alone(String line) {
    return program().run(folder, line.isEmpty() ? List.of() : List.of(line.split(" ")));
  }

  /** Puts a text into Kubo, unpinned, and gives its CID. */
  final String inKubo(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    KuboProcess.Output added =
        target().kubo().cli(new ByteArrayInputStream(bytes), "add", "-q", "--pin=false");
    assertThat(added.exit()).as(added.errors()).isZero();
    return added.text().strip();
  }

  @BeforeAll
  static void makeFiles() throws IOException {
    Files.createDirectories(folder.resolve("testFolder/subfolder"));
    byte[] big = bytes(1, 5_000_000);
    Files.write(folder.resolve("bigfile.bin"), big);
    Files.write(folder.resolve("testFolder/subfolder/bigfile.bin"), big);
    Files.write(folder.resolve("smallfile.bin"), bytes(2, 500));
    Files.write(folder.resolve("testFolder/smallfile.bin"), bytes(2, 500));
    Files.writeString(folder.resolve("testFolder/abc.txt"), "abc\n");
    Files.createDirectory(folder.resolve("single"));
    Files.writeString(folder.resolve("single/abc.txt"), "abc\n");
  }

  private static byte[] bytes(long seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  @Order(1)
  void helpFitsTheScreenAndListsEveryCommand() {
    assertThat(alone("--version").ok()).isEqualTo("ipfs-cluster-ctl version 1.1.6\n");
    for (String help : List.of("", "--help", "-h", "h", "help")) {
      assertThat(alone(help).ok()).containsPattern("(?im)^(Usage|Commands|Global options)");
    }
    List<String> commands = alone("commands").ok().lines().toList();
    for (String name : List.of("id", "peers ls", "pin update", "status", "recover", "commands")) {
      assertThat(commands).contains("ipfs-cluster-ctl " + name);
    }
    for (String command : commands) {
      String words = command.replace("ipfs-cluster-ctl", "").strip();
      assertThat((alone("--help").ok() + alone(words + " --help").ok()).lines())
          .allMatch(line -> line.length() <= COLUMNS);
    }
  }

  @Test
  @Order(2)
  void anEmptyClusterIsReported() {
    String id = ctl("--enc=json id").documents().getFirst().text("id");
    assertThat(ctl("id").ok()).startsWith(id + " | ");
    assertThat(ctl("--enc=json peers ls").documents()).hasSize(1);
    for (String nothing : List.of("status", "recover", "pin ls")) {
      assertThat(ctl(nothing).ok()).as(nothing).isEmpty();
    }
  }

  @Test
  @Order(3)
  void misuseFails() {
    for (String line :
        List.of(
            "peers add",
            "peers add XXXinvalid-peerXXX",
            "peers rm",
            "peers rm XXXinvalid-peerXXX",
            "status XXXinvalid-CIDXXX",
            "pin ls XXXinvalid-CIDXXX")) {
      assertThat(ctl(line).code()).as(line).isNotZero();
    }
    assertThat(ctl("status --filter bogus").code()).isEqualTo(1);
    assertThat(ctl("--enc xml id").code()).isEqualTo(1);
    assertThat(ctl("bogus").code()).isEqualTo(3);
    assertThat(ctl("--bogus id").code()).isEqualTo(1);
    CtlProgram.Result unreachable =
        program().run(folder, List.of("--host", "/ip4/127.0.0.1/tcp/1", "id"));
    assertThat(unreachable.code()).isEqualTo(1);
    assertThat(unreachable.out()).startsWith("An error occurred:\n  Code: 0\n  Message: ");
  }

  @Test
  @Order(4)
  void pinsComeAndGo() {
    String cid = inKubo("pinned and unpinned");
    assertThat(ctl("pin add", cid).ok()).startsWith(cid);
    assertThat(ctl("pin ls", cid).ok()).contains(cid);
    awaitStatus(cid, "PINNED");
    assertThat(ctl("pin rm", cid).ok()).startsWith(cid);
    assertMissing(cid);
    awaitStatus(cid, "UNPINNED");
  }

  private void awaitStatus(String cid, String status) {
    PeerProcesses.await(
        cid + " is " + status, () -> ctl("status", cid).ok().contains(": " + status + " |"));
  }

  /** The message of the error does not name the CID. */
  private void assertMissing(String cid) {
    CtlProgram.Result missing = ctl("pin ls", cid);
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.out())
        .startsWith("An error occurred:\n  Code: 404\n  Message: ")
        .doesNotContain(cid);
  }

  @Test
  @Order(5)
  void waitingEndsWithTheState() {
    String cid = inKubo("waited for");
    assertThat(ctl("pin add --wait", cid).ok()).contains(": PINNED |");
    assertThat(ctl("pin rm --wait", cid).ok()).contains(": UNPINNED |");
    assertThat(ctl("pin add --wait --wait-timeout 60s", cid).ok()).contains(": PINNED |");
    assertThat(ctl("pin rm --wait --wait-timeout 60s", cid).ok()).contains(": UNPINNED |");
    CtlProgram.Result late = ctl("pin add --wait --wait-timeout 2s", UNKNOWN);
    assertThat(late.code()).isEqualTo(62);
    assertThat(late.err()).startsWith("error waiting for pin status: ");
    ctl("pin rm --no-status", UNKNOWN).ok();
  }

  @Test
  @Order(6)
  void pathsArePinnedByWhatTheyLeadTo() throws IOException {
    Path top = Files.createDirectories(folder.resolve("paths/test2")).getParent();
    Files.writeString(folder.resolve("paths/test2/test3.txt"), "by a path");
    List<String> cids =
        target().kubo().run("add", "-qr", "--pin=false", String.valueOf(top)).lines().toList();
    String path = "/ipfs/" + cids.get(2) + "/test2/test3.txt";
    assertThat(ctl("pin add --wait", path).ok()).startsWith(cids.get(0));
    assertThat(ctl("pin ls", cids.get(0)).ok()).startsWith(cids.get(0));
    assertThat(ctl("pin rm --wait", path).ok()).startsWith(cids.get(0));
    assertMissing(cids.get(0));
  }

  @Test
  @Order(7)
  void pinsHaveOptions() {
    String id = ctl("--enc=json id").documents().getFirst().text("id");
    String placed = inKubo("with allocations");
    ctl("pin add --wait -r 1 --allocations", id, placed).ok();
    assertThat(ctl("--enc=json pin ls", placed).documents().getFirst().texts("allocations"))
        .containsExactly(id);
    assertThat(ctl("pin ls", placed).ok()).contains("Repl. Factor: 1--1 | Allocations: [" + id);
    String described = inKubo("with metadata");
    ctl("pin add --name aName --expire-in 2h --metadata kind=text --no-status", described).ok();
    assertThat(ctl("pin ls", described).ok()).contains(" | aName | ", "Metadata: yes");
    assertThat(ctl("--enc=json pin ls", described).documents().getFirst().object("metadata"))
        .matches(metadata -> metadata.text("kind").equals("text"));
    assertThat(ctl("pin ls", placed).ok()).contains("Metadata: no", "Exp: ∞");
    ctl("pin rm --ns", placed).ok();
    ctl("pin rm --ns", described).ok();
  }

  @Test
  @Order(8)
  void aPinIsUpdated() {
    String one = inKubo("one version");
    String two = inKubo("another version");
    ctl("pin add --wait -n both", one).ok();
    assertThat(ctl("pin update --wait", one, two).ok()).startsWith(two + " | both:");
    assertThat(ctl("pin ls", two).ok()).contains(" | both | PIN | ");
    ctl("pin rm --wait", one).ok();
    ctl("pin rm --wait", two).ok();
  }

  @Test
  @Order(9)
  void pinsMayBeDirect() {
    String cid = inKubo("pinned directly");
    assertThat(ctl("pin add --mode direct --wait", cid).ok()).contains(": PINNED |");
    assertThat(ctl("pin ls", cid).ok()).contains(" | PIN-DIRECT | ");
    assertThat(ctl("--enc=json pin ls", cid).documents().getFirst().text("mode"))
        .isEqualTo("direct");
    assertThat(target().kubo().run("pin", "ls", "--type", "direct", cid).strip())
        .isEqualTo(cid + " direct");
    ctl("pin rm --wait", cid).ok();
  }

  @Test
  @Order(10)
  void whatIsAddedIsWhatKuboAdds() {
    for (String options :
        List.of(
            "smallfile.bin",
            "-w smallfile.bin",
            "--raw-leaves -w smallfile.bin",
            "--raw-leaves smallfile.bin",
            "bigfile.bin",
            "--layout=trickle bigfile.bin",
            "-w bigfile.bin",
            "--raw-leaves -w bigfile.bin",
            "--raw-leaves bigfile.bin",
            "-r testFolder",
            "-r -w testFolder",
            "--cid-version 1 -r testFolder",
            "--hash sha3-512 -r testFolder")) {
      assertThat(ctl("add " + options).ok()).as(options).isEqualTo(kuboAdds(options));
    }
  }

  private String kuboAdds(String options) {
    Stream<String> words =
        Stream.of(options.replace("--layout=trickle", "--trickle").split(" "))
            .map(word -> word.matches(".*(bin|Folder)") ? folder.resolve(word).toString() : word);
    return target()
        .kubo()
        .run(Stream.concat(Stream.of("add", "--progress=false"), words).toArray(String[]::new));
  }

  @Test
  @Order(11)
  void aCarIsAdded() throws IOException {
    String root = kuboAdds("-Q -w -r single/../testFolder").strip();
    KuboProcess.Output car = target().kubo().cli("dag", "export", root);
    Files.write(folder.resolve("test.car"), car.out());
    assertThat(ctl("add --format car -Q test.car").ok()).isEqualTo(root + "\n");
    assertThat(ctl("add --format car -w test.car").code()).isEqualTo(1);
  }

  @Test
  @Order(12)
  void addedThingsArePinned() {
    String folderCid = ctl("add -r -Q single").ok();
    assertThat(ctl("add -Q -w single/abc.txt").ok()).isEqualTo(folderCid);
    assertThat(ctl("pin ls").ok()).contains(folderCid.strip());
    assertThat(ctl("add single").code()).as("without -r").isEqualTo(1);
    String described = ctl("add -Q --metadata kind=text smallfile.bin").ok().strip();
    assertThat(ctl("pin ls", described).ok()).contains("Metadata: yes");
    assertThat(ctl("add --no-stream -q bigfile.bin").ok()).hasLineCount(1);
    assertThat(ctl("--enc=json add --no-stream bigfile.bin").ok()).startsWith("[\n    {\n");
    assertThat(ctl("add --no-pin -Q --wait=false single/abc.txt").ok()).isNotEmpty();
  }

  @Test
  @Order(13)
  void healthIsReported() {
    String id = ctl("--enc=json id").documents().getFirst().text("id");
    assertThat(ctl("health graph").ok()).startsWith("digraph cluster {").contains("C0 -> I0");
    assertThat(ctl("health metrics").ok().lines()).contains("ping", "freespace");
    assertThat(ctl("health metrics ping").ok()).startsWith(id + " | ping: ");
    assertThat(ctl("health metrics freespace").ok())
        .matches(id + " \\| freespace: [0-9.]+ [kMGT]B \\| Expires in: [0-9]+ seconds? from now\n");
    assertThat(ctl("health alerts").ok()).isEmpty();
    assertThat(ctl("version").ok().toLowerCase(Locale.ROOT)).startsWith("1.1.6");
  }

  @Test
  @Order(14)
  void theRestOfTheCommandsWork() {
    assertThat(ctl("status --filter pinned --local").ok()).contains(": PINNED |");
    String cid = ctl("add -Q smallfile.bin").ok().strip();
    assertThat(ctl("recover", cid).ok()).startsWith(cid);
    assertThat(ctl("status", cid, UNKNOWN).ok()).contains(cid, UNKNOWN);
    assertThat(ctl("pin rm", UNKNOWN).code()).isEqualTo(2);
    assertThat(ctl("ipfs gc").ok()).contains("  > CIDs:");
    assertThat(ctl("ipfs gc --local").ok()).contains("  > CIDs:");
    String id = ctl("--enc=json id").documents().getFirst().text("id");
    assertThat(ctl("peers rm", id).code()).as("CRDT peers cannot be removed").isEqualTo(2);
  }
}
