package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddEntry;
import io.ecluster.service.http.ApiException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartEntriesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name.txt | name.txt",
        "folder%2Fname.txt | folder/name.txt",
        "folder/name.txt | folder/name.txt",
        "a+b%2Bc | a b+c",
        "100% sure | 100% sure",
        "%zz | %zz",
        "%C3%A4 | ä",
        "/etc/passwd | etc/passwd",
        "%2Fetc%2Fpasswd | etc/passwd",
        "../../etc/passwd | etc/passwd",
        "%2e%2e%2f%2e%2e%2fetc | etc",
        "a/../../b | b",
        "a/b/../c | a/c",
        "./a/./b/. | a/b",
        "a//b/// | a/b",
        ".. | ''",
        ". | ''",
        "/ | ''",
        "'' | ''",
        "... | ...",
        "..a/b.. | ..a/b..",
        "a\\\\b | a\\b",
        "say \\\"hi\\\" | say \"hi\""
      })
  void namesAreDecodedAndCannotLeadUpwards(String sent, String path) {
    byte[] body = Bodies.start().file(sent, new byte[] {'x'}).end();
    assertThat(entries(body)).containsExactly("file " + path + " x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      value = {
        "form-data; name=\"file\"; filename=\"f\" % f",
        "attachment; filename=\"f\" % f",
        "form-data; filename=f; name=file % f",
        "form-data; FileName=\"f\" % f",
        "form-data;filename=\"f;g\" % f;g",
        "form-data; name=\"filename=wrong\"; filename=\"right\" % right",
        "form-data; xfilename=\"wrong\" % ''",
        "form-data; name=\"file\" % ''",
        "form-data; filename=\"never closed % ''",
        "'' % ''"
      })
  void theFileNameIsFoundInTheDisposition(String disposition, String path) {
    byte[] body =
        Bodies.start()
            .raw("--a1b2c3\r\nContent-Disposition: " + disposition + "\r\n\r\nx\r\n")
            .end();
    assertThat(entries(body)).containsExactly("file " + path + " x");
  }

  @Test
  void aPartWithoutAnyHeaderIsAFileWithoutName() {
    assertThat(entries(Bodies.start().raw("--a1b2c3\r\n\r\nx\r\n").end()))
        .containsExactly("file  x");
  }

  @Test
  void aTreeIsReadAsGoSendsIt() {
    byte[] body =
        Bodies.start()
            .part("top", "application/x-directory", new byte[0])
            .file("top%2Fa", "A".getBytes(StandardCharsets.UTF_8))
            .part("top%2Fsub", "application/x-directory", new byte[0])
            .part(
                "top%2Fsub%2Flink", "application/symlink", "../a".getBytes(StandardCharsets.UTF_8))
            .part("top%2Fz", "Application/Octet-Stream; x=y", "Z".getBytes(StandardCharsets.UTF_8))
            .part("other", "multipart/form-data; boundary=q", new byte[0])
            .part("third", "Application/X-Directory", new byte[0])
            .end();
    assertThat(entries(body))
        .containsExactly(
            "folder top",
            "file top/a A",
            "folder top/sub",
            "link top/sub/link -> ../a",
            "file top/z Z",
            "folder other",
            "folder third");
  }

  @Test
  void longNamesDoNotExhaustTheStack() {
    String name = "\\\"x".repeat(5_000);
    byte[] body = Bodies.start().file(name, new byte[] {'x'}).end();
    assertThat(entries(body)).containsExactly("file " + "\"x".repeat(5_000) + " x");
  }

  @Test
  void linkTargetsAreBounded() {
    byte[] good = Bodies.start().part("l", "application/symlink", target(4_096)).end();
    assertThat(entries(good)).hasSize(1);
    byte[] bad = Bodies.start().part("l", "application/symlink", target(4_097)).end();
    assertThatThrownBy(() -> entries(bad)).isInstanceOf(ApiException.class);
  }

  private static byte[] target(int length) {
    return "t".repeat(length).getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void askingTwiceForTheNextIsAskingOnce(boolean more) {
    Bodies body = Bodies.start();
    MultipartEntries entries = over(more ? body.file("a", new byte[1]).end() : body.end());
    assertThat(entries.hasNext()).isEqualTo(more);
    assertThat(entries.hasNext()).isEqualTo(more);
    if (more) {
      assertThat(entries.next().path()).isEqualTo("a");
    }
    assertThat(entries.hasNext()).isFalse();
    assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aBrokenConnectionFailsTheIteration() {
    byte[] start = Bodies.start().file("a", new byte[1]).bytes();
    InputStream in = Bodies.breakingAfter(start);
    MultipartEntries entries = new MultipartEntries(new Multipart(in, Bodies.TYPE));
    assertThat(entries.next().path()).isEqualTo("a");
    assertThatThrownBy(entries::hasNext)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("broke off");
    assertThat(entries.hasNext()).as("after the failure").isFalse();
  }

  private static MultipartEntries over(byte[] body) {
    return new MultipartEntries(new Multipart(Bodies.inPieces(body, 11), Bodies.TYPE));
  }

  private static List<String> entries(byte[] body) {
    List<String> texts = new ArrayList<>();
    over(body).forEachRemaining(entry -> texts.add(text(entry)));
    return texts;
  }

  private static String text(AddEntry entry) {
    return switch (entry) {
      case AddEntry.File(String path, InputStream content) ->
          "file " + path + " " + new String(Bodies.readAll(content), StandardCharsets.UTF_8);
      case AddEntry.Directory(String path) -> "folder " + path;
      case AddEntry.Symlink(String path, String target) -> "link " + path + " -> " + target;
    };
  }
}
