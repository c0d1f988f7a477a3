package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EcGetCommandTest {
  @TempDir Path folder;

  private static byte[] file(String content) {
    return head("200", "file", content.length()).concat(content).getBytes(StandardCharsets.UTF_8);
  }

  private static String head(String status, String kind, int length) {
    return "HTTP/1.1 "
        + status
        + " X\r\nX-Ipfs-Kind: "
        + kind
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static byte[] folderAnswer(byte[] tar, String streamError) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text(out, "HTTP/1.1 200 OK\r\nX-Ipfs-Kind: directory\r\nTransfer-Encoding: chunked\r\n\r\n");
    text(out, Integer.toHexString(tar.length) + "\r\n");
    out.writeBytes(tar);
    text(out, "\r\n0\r\n");
    text(out, streamError.isEmpty() ? "\r\n" : "X-Stream-Error: " + streamError + "\r\n\r\n");
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aFileGoesWhereTheOptionSays() throws IOException {
    Path existing = Files.createDirectory(folder.resolve("existing"));
    try (FakeApi api = FakeApi.answering(file("hello"))) {
      Path named = folder.resolve("named");
      assertThat(Ctl.run(api, "ecget", Ctl.CID, "-o", named.toString()))
          .isEqualTo(new Ctl.Result(0, "", ""));
      assertThat(named).hasContent("hello");
      assertThat(Ctl.run(api, "ecget", "-o", existing.toString(), Ctl.CID).code()).isZero();
      assertThat(existing.resolve(Ctl.CID)).hasContent("hello");
      assertThat(Ctl.run(api, "ecget", Ctl.CID, "--outpath", existing + "/").code()).isZero();
      assertThat(api.requests())
          .allSatisfy(r -> assertThat(r.target()).isEqualTo("/ecget/" + Ctl.CID));
    }
    assertThat(names(folder)).containsExactly("existing", "named");
    assertThat(names(existing)).containsExactly(Ctl.CID);
  }

  @Test
  void withoutTheOptionItGoesToTheCidHere() throws IOException {
    Path here = Path.of(Ctl.CID).toAbsolutePath();
    try (FakeApi api = FakeApi.answering(file("hello"))) {
      assertThat(Ctl.run(api, "ecget", Ctl.CID).code()).isZero();
      assertThat(here).hasContent("hello");
    } finally {
      Files.deleteIfExists(here);
    }
  }

  @Test
  void aFileOfTheSameNameIsReplacedOnlyByAWholeOne() throws IOException {
    Path target = Files.writeString(folder.resolve("f"), "old");
    try (FakeApi api =
        FakeApi.answering(FakeApi.json(500, "{\"code\":500,\"message\":\"lost\"}"))) {
      Ctl.Result result = Ctl.run(api, "ecget", Ctl.CID, "-o", target.toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(target).hasContent("old");
    }
    try (FakeApi api = FakeApi.answering(file(""))) {
      assertThat(Ctl.run(api, "ecget", Ctl.CID, "-o", target.toString()).code()).isZero();
      assertThat(target).isEmptyFile();
    }
    assertThat(names(folder)).containsExactly("f");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nhello",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Stream-Error: lost\r\n\r\n",
        "HTTP/1.1 200 X\r\nX-Ipfs-Kind: directory\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 X\r\nX-Ipfs-Kind: directory\r\nContent-Length: 0\r\n\r\n"
      })
  void aTransferThatFailsLeavesNothing(String answer) throws IOException {
    try (FakeApi api = FakeApi.answering(answer.getBytes(StandardCharsets.UTF_8))) {
      Ctl.Result result = Ctl.run(api, "ecget", Ctl.CID, "-o", folder.resolve("f").toString());
      assertThat(result.code()).isIn(1, 2);
      assertThat(result.out() + result.err()).isNotBlank().doesNotContain("Exception");
    }
    assertThat(names(folder)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0-99,bytes=0-99", "100-,bytes=100-", "-50,bytes=-50", "7-7,bytes=7-7"})
  void rangesAreAskedFor(String range, String header) throws IOException {
    byte[] answer = (head("206", "file", 4) + "part").getBytes(StandardCharsets.UTF_8);
    Path target = folder.resolve("f");
    try (FakeApi api = FakeApi.answering(answer)) {
      Ctl.Result result = Ctl.run(api, "ecget", Ctl.CID, "--range", range, "-o", target.toString());
      assertThat(result).isEqualTo(new Ctl.Result(0, "", ""));
      assertThat(api.onlyRequest().headers()).containsEntry("range", header);
      assertThat(target).hasContent("part");
    }
  }

  @ParameterizedTest
  @CsvSource({"0-4,0", "0-99,0", "0-,0", "-5,0", "-99,0", "0-3,1", "1-,1", "-4,1", "1-99,1"})
  void theWholeIsTakenOnlyIfItWasAskedFor(String range, int code) throws IOException {
    try (FakeApi api = FakeApi.answering(file("hello"))) {
      Ctl.Result result =
          Ctl.run(api, "ecget", Ctl.CID, "--range", range, "-o", folder.resolve("f").toString());
      assertThat(result.code()).isEqualTo(code);
    }
    assertThat(names(folder)).hasSize(1 - code);
  }

  @Test
  void aRangeOutsideOfTheFileIsTheServersToRefuse() {
    byte[] answer = FakeApi.json(416, "{\"code\":416,\"message\":\"range is outside\"}");
    try (FakeApi api = FakeApi.answering(answer)) {
      Ctl.Result result =
          Ctl.run(api, "ecget", Ctl.CID, "--range", "9-", "-o", folder.resolve("f").toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out()).contains("Code: 416");
    }
  }

  @Test
  void aFolderIsUnpacked() throws IOException {
    byte[] tar = new Tar().folder("root").file("root/a", "A").folder("root/sub").end();
    Path target = folder.resolve("out");
    try (FakeApi api = FakeApi.answering(folderAnswer(tar, ""))) {
      assertThat(Ctl.run(api, "ecget", Ctl.CID, "-o", target.toString()))
          .isEqualTo(new Ctl.Result(0, "", ""));
      assertThat(target.resolve("a")).hasContent("A");
      assertThat(target.resolve("sub")).isEmptyDirectory();
      Ctl.Result range =
          Ctl.run(api, "ecget", Ctl.CID, "--range", "0-5", "-o", folder.resolve("x").toString());
      assertThat(range.code()).isEqualTo(1);
      assertThat(range.err()).contains("only a file can be read in part");
    }
    assertThat(names(folder)).containsExactly("out");
  }

  @Test
  void aFolderWhoseTransferMetAnErrorLeavesNothing() throws IOException {
    byte[] tar = new Tar().folder("root").file("root/a", "A").end();
    try (FakeApi api = FakeApi.answering(folderAnswer(tar, "group 3 is lost"))) {
      Ctl.Result result = Ctl.run(api, "ecget", Ctl.CID, "-o", folder.resolve("out").toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out()).contains("Message: group 3 is lost");
    }
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void aFolderIsNeverReplaced() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("here").resolve(Ctl.CID));
    Files.writeString(inside.resolve("precious"), "x");
    try (FakeApi api = FakeApi.answering(file("hello"))) {
      Ctl.Result result = Ctl.run(api, "ecget", Ctl.CID, "-o", folder.resolve("here").toString());
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("is a folder that exists already");
      assertThat(api.requests()).isEmpty();
    }
    assertThat(inside.resolve("precious")).exists();
  }

  @Test
  void aDeviceIsWrittenToAndNotReplaced() throws IOException {
    Path device = Files.createSymbolicLink(folder.resolve("null"), Path.of("/dev/null"));
    try (FakeApi api = FakeApi.answering(file("hello"))) {
      assertThat(Ctl.run(api, "ecget", Ctl.CID, "-o", device.toString()).code()).isZero();
    }
    assertThat(device).isSymbolicLink();
    assertThat(names(folder)).containsExactly("null");
  }

  private static java.util.List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
