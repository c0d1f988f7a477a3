package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client makes of the bytes that a server sends, byte by byte or all at once. */
class HttpAnswerTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK + "Content-Length: 5\r\n\r\nhello",
        OK + "Content-Length: 5\r\n\r\nhello and what nobody asked for",
        OK + "content-LENGTH:5\n\nhello",
        OK + "\r\nhello",
        CHUNKED + "5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "1\r\nh\r\n004;name=value\r\nello\r\n0\r\n\r\n",
        CHUNKED + "5\r\nhello\r\n0\r\nX-Other: 1\r\nX-Stream-Error:\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED + "5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + OK
            + "Content-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200\r\n\r\nhello"
      })
  void bodiesOfEveryFrameAreRead(String answer) throws Exception {
    assertThat(bodyOf(answer, false)).isEqualTo("hello");
    assertThat(bodyOf(answer, true)).isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Stream-Error: lost | lost",
        "X-Stream-Error: | ''",
        "X-Stream-Error:%X-Stream-Error: lost | lost",
        "X-Stream-Error: lost%X-Stream-Error: | lost",
        "X-Stream-Error: a%x-stream-error: b | a; b",
        "X-Stream-Error: größer → ∞ | größer → ∞",
        "X-Other: b | ''"
      })
  void trailersAreKept(String trailers, String expected) throws Exception {
    String answer = CHUNKED + "2\r\nhi\r\n0\r\n" + trailers.replace("%", "\r\n") + "\r\n\r\n";
    try (FakeApi api = FakeApi.answering(answer.getBytes(StandardCharsets.UTF_8));
        HttpResponse response = client(api).send("GET", "/", Map.of())) {
      assertThat(response.body().readAllBytes()).hasSize(2);
      assertThat(response.streamError()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 -20 OK\r\n\r\n",
        "HTTP/1.1 99999999999 OK\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        OK + "no colon here\r\n\r\n",
        OK + ": no name\r\n\r\n",
        OK + "Content-Length: many\r\n\r\n",
        OK + "Content-Length: -1\r\n\r\n",
        OK + "Content-Length: 99999999999999999999\r\n\r\n",
        OK + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        OK + "Content-Length: 6\r\n\r\nhello",
        OK + "Content-Length: 5\r\n",
        CHUNKED,
        CHUNKED + "5\r\nhel",
        CHUNKED + "5\r\nhello\r\n",
        CHUNKED + "5\r\nhello\r\n0\r\n",
        CHUNKED + "5\r\nhello, world\r\n0\r\n\r\n",
        CHUNKED + "-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "+5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "xyz\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "7fffffffffffffff\r\nhello\r\n0\r\n\r\n",
        CHUNKED + "\r\nhello\r\n0\r\n\r\n"
      })
  void brokenAnswersAreTransportErrors(String answer) {
    assertThatThrownBy(() -> bodyOf(answer, false))
        .isInstanceOfAny(IOException.class, ApiException.class)
        .satisfies(HttpAnswerTest::isWithoutCode);
  }

  @Test
  void headersAreBounded() {
    String longLine = OK + "X: " + "x".repeat(70_000) + "\r\n\r\n";
    String manyNames = OK + lines(300, "X%d: 1\r\n") + "\r\n";
    String oneName = OK + lines(300, "X: %d\r\n") + "\r\n";
    String interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000);
    String manyTrailers = CHUNKED + "0\r\n" + lines(300, "X: %d\r\n") + "\r\n";
    for (String answer : List.of(longLine, manyNames, oneName, interim, manyTrailers)) {
      assertThatThrownBy(() -> bodyOf(answer, false))
          .isInstanceOfAny(IOException.class, ApiException.class);
    }
  }

  @Test
  void answersWithoutBodyEndAtTheirHead() throws Exception {
    assertThat(bodyOf("HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n", false))
        .isEmpty();
  }

  @Test
  void anyCutIntoChunksReadsTheSame() throws Exception {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      byte[] content = new byte[random.nextInt(5_000)];
      random.nextBytes(content);
      try (FakeApi api = FakeApi.answering(chunked(content, random));
          HttpResponse response = client(api).send("GET", "/", Map.of())) {
        assertThat(response.body().readAllBytes()).as("seed %d", seed).isEqualTo(content);
        assertThat(response.streamError()).as("seed %d", seed).isEqualTo("of " + content.length);
      }
    }
  }

  private static byte[] chunked(byte[] content, Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, CHUNKED);
    int at = 0;
    while (at < content.length) {
      int size = 1 + random.nextInt(Math.min(900, content.length - at));
      String text = Integer.toHexString(size);
      write(out, (random.nextBoolean() ? text : "0" + text.toUpperCase(java.util.Locale.ROOT)));
      write(out, random.nextBoolean() ? "\r\n" : ";a=b\r\n");
      out.write(content, at, size);
      write(out, "\r\n");
      at += size;
    }
    write(out, "0\r\nX-Stream-Error: of " + content.length + "\r\n\r\n");
    return out.toByteArray();
  }

  @Test
  void damagedAnswersEndInADocumentedErrorOrAnAnswer() throws Exception {
    byte[] whole = FakeApi.lines("boom", "{\"cid\":\"Qm\",\"n\":[1,2.5,null]}", "{}");
    for (long seed = 1; seed <= 1_500; seed++) {
      Random random = new Random(seed);
      byte[] damaged = damage(whole, random);
      try (FakeApi api = FakeApi.answering(damaged)) {
        client(api).stream("GET", "/", _ -> {});
      } catch (ApiException | JsonException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      } catch (RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = java.util.Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
    for (int i = random.nextInt(4); i > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }

  private static String lines(int count, String format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(format.formatted(i));
    }
    return text.toString();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void isWithoutCode(Throwable error) {
    assertThat(error.getMessage()).isNotBlank();
    if (error instanceof ApiException api) {
      assertThat(api.code()).isZero();
    }
  }

  private static String bodyOf(String answer, boolean byteByByte) throws IOException {
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    try (FakeApi api = FakeApi.start((_, out) -> send(out, bytes, byteByByte));
        HttpResponse response = client(api).send("GET", "/", Map.of())) {
      return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void send(OutputStream out, byte[] bytes, boolean byteByByte) throws IOException {
    if (!byteByByte) {
      out.write(bytes);
      return;
    }
    for (byte b : bytes) {
      out.write(b);
      out.flush();
    }
  }

  private static ApiClient client(FakeApi api) {
    return new ApiClient(
        List.of(Endpoint.parse(api.address())), Optional.empty(), Duration.ofMinutes(1));
  }
}
