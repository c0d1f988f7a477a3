package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.multiformats.Cid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading what is not coded, as for coded files the reader's own tests do. */
class EcGetRouteTest {
  private final FakeReads reads = new FakeReads();
  private final FakeIpfsNode ipfs = reads.ipfs;
  private final TestServer server = new TestServer();
  private final Map<Cid, String> pinNames = new HashMap<>();

  @BeforeEach
  void start() {
    server.routes().with(new EcGetRoute(reads.reader(), cid -> pinNames.getOrDefault(cid, "")));
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<Block> imported(byte[] content) throws IOException {
    List<Block> blocks = new ArrayList<>();
    new FileImporter()
        .add(
            new ByteArrayInputStream(content),
            ImportOptions.DEFAULT.withRawLeaves(true),
            blocks::add);
    ipfs.put(blocks);
    return blocks;
  }

  private Cid file(byte[] content) throws IOException {
    return imported(content).getLast().cid();
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "1000", "262144", "262145", "3000000"})
  void aFileIsItsBytes(int size) throws IOException {
    byte[] content = bytes(size);
    TestServer.Answer answer = server.ask("GET", "/ecget/" + file(content));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type"))
        .isEqualTo(size == 1 ? "text/plain; charset=utf-8" : "application/octet-stream");
    assertThat(answer.header("content-length")).isEqualTo(String.valueOf(size));
    assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
    assertThat(answer.header("x-ipfs-kind")).isEqualTo("file");
    assertThat(answer.header("content-range")).isEmpty();
    assertThat(answer.body()).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-99 | 206 | 0 | 100",
        "bytes=100-199 | 206 | 100 | 200",
        "bytes=999999- | 206 | 999999 | 1000000",
        "bytes=-1 | 206 | 999999 | 1000000",
        "bytes=-999999 | 206 | 1 | 1000000",
        "bytes=999000-2000000 | 206 | 999000 | 1000000",
        "Bytes=5-5 | 206 | 5 | 6",
        "bytes=262143-262144 | 206 | 262143 | 262145",
        "bytes=0- | 200 | 0 | 1000000",
        "bytes=0-999999 | 200 | 0 | 1000000",
        "bytes=-1000000 | 200 | 0 | 1000000",
        "bytes=-2000000 | 200 | 0 | 1000000",
        "bytes=0-1,5-6 | 200 | 0 | 1000000",
        "bytes=9-3 | 200 | 0 | 1000000",
        "bytes=- | 200 | 0 | 1000000",
        "bytes=a-b | 200 | 0 | 1000000",
        "bytes=1-99999999999999999999 | 200 | 0 | 1000000",
        "items=0-5 | 200 | 0 | 1000000",
        "bytes=1000000- | 416 | 0 | 0",
        "bytes=1000000-1000001 | 416 | 0 | 0",
        "bytes=-0 | 416 | 0 | 0"
      })
  void rangesAreParts(String header, int status, int from, int to) throws IOException {
    byte[] content = bytes(1_000_000);
    TestServer.Answer answer = server.ask("GET", "/ecget/" + file(content), "Range: " + header);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-range"))
        .isEqualTo(
            switch (status) {
              case 206 -> "bytes " + from + "-" + (to - 1) + "/1000000";
              case 416 -> "bytes */1000000";
              default -> "";
            });
    if (status == 416) {
      assertThat(Json.parseObject(answer.text()).number("code")).isEqualTo(416);
    } else {
      assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(content, from, to));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | plain text | text/plain; charset=utf-8",
        "'' | <!DOCTYPE html><p> | text/html",
        "'' | %PDF-1.7 | application/pdf",
        "photo.JPG | no picture | image/jpeg",
        "notes.unknown | text | text/plain; charset=utf-8",
        "'' | '' | application/octet-stream"
      })
  void theTypeComesFromTheNameOrTheContent(String name, String content, String type)
      throws IOException {
    Cid cid = file(content.getBytes(StandardCharsets.UTF_8));
    pinNames.put(cid, name);
    TestServer.Answer whole = server.ask("GET", "/ecget/" + cid);
    assertThat(whole.header("content-type")).isEqualTo(type);
    assertThat(whole.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(whole.header("content-security-policy")).isEqualTo("sandbox");
    if (!content.isEmpty()) {
      TestServer.Answer part = server.ask("GET", "/ecget/" + cid, "Range: bytes=1-2");
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.header("content-type")).isEqualTo(type);
    }
  }

  @Test
  void whoAsksForJsonGetsATarInLines() throws IOException {
    byte[] content = bytes(3_000_000);
    Cid cid = file(content);
    pinNames.put(cid, "holiday");
    TestServer.Answer answer =
        server.ask("GET", "/ecget/" + cid, "Accept: application/json", "Range: bytes=0-1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("cache-control")).isEqualTo("no-cache");
    assertThat(answer.lines()).hasSize(3);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    for (String line : answer.lines()) {
      tar.write(Base64.getDecoder().decode((String) Json.parse(line)));
    }
    assertThat(tar.size() % 512).isZero();
    assertThat(new String(tar.toByteArray(), 0, 8, StandardCharsets.US_ASCII))
        .isEqualTo("holiday\0");
    assertThat(Arrays.copyOfRange(tar.toByteArray(), 512, 512 + content.length)).isEqualTo(content);
    for (String accept : List.of("*/*", "text/html, application/json", "")) {
      assertThat(server.ask("GET", "/ecget/" + cid, "Accept: " + accept).body()).hasSize(3_000_000);
    }
  }

  @Test
  void amongLinesAFailureIsTheLastOne() throws IOException {
    List<Block> blocks = imported(bytes(3_000_000));
    ipfs.lose(blocks.get(10).cid());
    TestServer.Answer answer =
        server.ask("GET", "/ecget/" + blocks.getLast().cid(), "Accept: application/json");
    assertThat(answer.status()).isEqualTo(200);
    JsonObject last = Json.parseObject(answer.lines().getLast());
    assertThat(last.number("code")).isEqualTo(500);
    assertThat(last.text("message")).contains(blocks.get(10).cid().toString());
  }

  @Test
  void anEmptyFileHasNoParts() throws IOException {
    TestServer.Answer answer =
        server.ask("GET", "/ecget/" + file(new byte[0]), "Range: bytes=0-10");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aFolderIsATar() throws IOException {
    Block a = TestDag.raw("content of a");
    Block folder = TestDag.folder(Map.of("a", a.cid()));
    ipfs.put(List.of(a, folder));
    TestServer.Answer answer = server.ask("GET", "/ecget/" + folder.cid(), "Range: bytes=0-5");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/x-tar");
    assertThat(answer.header("x-ipfs-kind")).isEqualTo("directory");
    assertThat(answer.header("trailer")).isEqualTo("X-Stream-Error");
    assertThat(answer.trailers()).isEmpty();
    String tar = new String(answer.body(), StandardCharsets.ISO_8859_1);
    assertThat(tar).startsWith(folder.cid().toString()).contains("/a\0", "content of a");
    assertThat(answer.body().length % 512).isZero();
  }

  @Test
  void anUnknownCidIsNotFound() throws IOException {
    Cid unknown = TestDag.raw("nobody has it").cid();
    TestServer.Answer answer = server.ask("GET", "/ecget/" + unknown);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(Json.parseObject(answer.text()).text("message")).contains(unknown.toString());
  }

  @ParameterizedTest
  @CsvSource({"GET, /ecget/bogus, 400", "HEAD, /ecget/x, 405", "PUT, /ecget/x, 405"})
  void otherRequestsAreRefused(String method, String target, int status) throws IOException {
    assertThat(server.ask(method, target).status()).isEqualTo(status);
  }

  @Test
  void whatIsLostEarlyIsToldInWords() throws IOException {
    List<Block> blocks = imported(bytes(1_000_000));
    ipfs.lose(blocks.get(1).cid());
    TestServer.Answer answer = server.ask("GET", "/ecget/" + blocks.getLast().cid());
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("accept-ranges")).isEmpty();
    assertThat(Json.parseObject(answer.text()).text("message"))
        .contains(blocks.get(1).cid().toString());
  }

  @Test
  void whatIsLostLateBreaksTheAnswerOff() throws IOException {
    List<Block> blocks = imported(bytes(3_000_000));
    ipfs.lose(blocks.get(10).cid());
    try (TestServer.Connection connection = server.connect()) {
      connection.send("GET /ecget/" + blocks.getLast().cid() + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.status()).isEqualTo(200);
      assertThat(connection.head()).containsEntry("content-length", List.of("3000000"));
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 3_000_000; i++) {
                  if (connection.read() < 0) {
                    throw new EOFException("broken off after " + i);
                  }
                }
              })
          .isInstanceOf(IOException.class);
    }
  }
}
