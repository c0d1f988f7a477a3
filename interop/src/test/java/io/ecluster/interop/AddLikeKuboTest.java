package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.CtlProcess;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line prints of an add just what Kubo's prints of it. */
@NeedsKubo
class AddLikeKuboTest {
  @TempDir static Path folder;
  private static PeerProcesses peers;
  private static KuboProcess kubo;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    kubo = KuboProcess.init(folder.resolve("kubo"), Optional.empty());
    file("small", 1000);
    file("large", 700_000);
    file("none", 0);
    file("tree/sp ace", 10);
    file("tree/per%41cent", 20);
    file("tree/pl+us & so;on", 30);
    file("tree/\"quoted\" it's", 40);
    file("tree/.hidden/x", 50);
    file("tree/a/b/c/d", 300_000);
    Files.createDirectories(folder.resolve("tree/empty"));
    Files.createSymbolicLink(folder.resolve("tree/link"), Path.of("../outside"));
    peers = new PeerProcesses(folder);
    peers.start(1);
  }

  private static void file(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  @AfterAll
  static void stop() {
    peers.close();
    kubo.close();
  }

  private static PeerProcess peer() {
    return peers.get(0);
  }

  /** Names that are files here become paths. */
  private static String[] words(String line) {
    return Arrays.stream(line.split(" "))
        .map(word -> Files.exists(folder.resolve(word)) ? folder.resolve(word).toString() : word)
        .toArray(String[]::new);
  }

  private static String ctl(String... arguments) throws IOException, InterruptedException {
    CtlProcess.Result result = CtlProcess.run(peer(), folder, arguments);
    assertThat(result.exitCode()).as(result.err() + result.out()).isZero();
    return result.out();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "same",
      value = {
        "small | same",
        "none | same",
        "--layout trickle large | --trickle large",
        "--chunker rabin-1000-3000-9000 --raw-leaves large | same",
        "-s buzhash --cid-version 1 large | same",
        "--hash blake3 large | same",
        "--hash sha2-512 --raw-leaves=false large | same",
        "-r tree | same",
        "-r -H tree | same",
        "-r -H -w --cid-version=1 --hash sha3-256 --layout trickle tree | -r -H -w --cid-version=1 --hash sha3-256 --trickle tree",
        "-w large | same",
        "large none small | -w large none small",
        "-r -Q tree | same",
        "-q -r small tree | -q -r -w small tree"
      })
  void printsWhatKuboPrints(String options, @org.jspecify.annotations.Nullable String kubos)
      throws Exception {
    List<String> theirs = new ArrayList<>(List.of("add", "-n", "--progress=false"));
    theirs.addAll(List.of(words(kubos == null ? options : kubos)));
    List<String> ours = new ArrayList<>(List.of("add"));
    ours.addAll(List.of(words(options)));
    assertThat(ctl(ours.toArray(String[]::new))).isEqualTo(kubo.run(theirs.toArray(String[]::new)));
  }

  @Test
  void standardInputIsAddedAsKuboDoes() throws Exception {
    Path large = folder.resolve("large");
    String theirs =
        kubo.cli(new ByteArrayInputStream(Files.readAllBytes(large)), "add", "-n", "-Q").text();
    CtlProcess.Result ours =
        CtlProcess.runReading(large, peer(), folder, "add", "-Q", "--name", "piped", "-");
    assertThat(ours.exitCode()).as(ours.err() + ours.out()).isZero();
    assertThat(ours.out()).isEqualTo(theirs);
    assertThat(ctl("pin", "ls", theirs.strip())).contains("| piped |");
    CtlProcess.Result coded =
        CtlProcess.runReading(
            large,
            peer(),
            folder,
            "add",
            "--erasure",
            "--allow-shared-peers",
            "--raw-leaves=false",
            "--layout",
            "trickle",
            "--chunker",
            "size-5000",
            "-");
    assertThat(coded.exitCode()).as(coded.err() + coded.out()).isZero();
    String trickle =
        kubo.run("add", "-n", "-Q", "--trickle", "-s", "size-5000", large.toString()).strip();
    assertThat(coded.out()).endsWith("added " + trickle + " stdin\n");
    assertRead(trickle, large);
  }

  private static void assertRead(String root, Path file) throws Exception {
    String unused = ctl("ecget", root, "-o", folder.toString());
    assertThat(unused).isNotNull();
    assertThat(folder.resolve(root)).hasSameBinaryContentAs(file);
    Files.delete(folder.resolve(root));
  }

  @Test
  void aCarOfKuboIsAddedCopiedAndCoded() throws Exception {
    Path large = folder.resolve("large");
    String root = kubo.run("add", "-Q", "-s", "size-1000", large.toString()).strip();
    Path car = folder.resolve("large.car");
    Files.write(car, kubo.cli("dag", "export", root).out());
    assertThat(ctl("add", "--format", "car", car.toString()))
        .isEqualTo("added " + root + " large.car\n");
    assertRead(root, large);
    assertThat(ctl("pin", "rm", root)).contains(root);
    assertThat(ctl("add", "--format=car", "--erasure", "--allow-shared-peers", car.toString()))
        .endsWith("added " + root + " large.car\n");
    assertRead(root, large);

    CtlProcess.Result wrapped =
        CtlProcess.run(peer(), folder, "add", "--format=car", "-w", car.toString());
    assertThat(wrapped.exitCode()).isEqualTo(1);
    byte[] whole = Files.readAllBytes(car);
    Files.write(car, Arrays.copyOf(whole, whole.length / 2));
    CtlProcess.Result cut = CtlProcess.run(peer(), folder, "add", "--format=car", car.toString());
    assertThat(cut.exitCode()).isNotZero();
    assertThat(cut.err() + cut.out()).contains("the CAR large.car cannot be read to its end");
  }
}
