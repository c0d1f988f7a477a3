package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.ecluster.service.http.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
  private static final String DELIMITER = "\r\n--" + Bodies.BOUNDARY;

  /** What may stand in a file and looks like the end of it. */
  static Stream<String> traps() {
    return Stream.of(
        "",
        "hello",
        "\r",
        "\n",
        "\r\n",
        "\r\r\n",
        "\r\n\r\n\r\n",
        "\r\n-",
        "\r\n--",
        "\r\n--a1b2c",
        "\r\n--a1b2c\r\n--a1b2c",
        "x--a1b2c3--",
        "\n--a1b2c3\n",
        "\r--a1b2c3\r\n",
        "\r\n--A1B2C3\r\n",
        "\r\n--a1b2c3d is not the end",
        "\r\n--a1b2c3\u00e4",
        "\r\n--a1b2\r\n--a1b2c3x\r\n--a",
        "ends with a line end\r\n",
        "\u0000\u0001\u0002");
  }

  @ParameterizedTest
  @MethodSource("traps")
  void contentIsGivenBackAtEveryReadSize(String content) throws IOException {
    byte[] file = content.getBytes(StandardCharsets.UTF_8);
    byte[] body = Bodies.start().file("one", file).file("two", new byte[] {'2'}).end();
    for (int size = 1; size <= body.length; size++) {
      List<byte[]> parts = contents(new Multipart(Bodies.inPieces(body, size), Bodies.TYPE));
      assertThat(parts).as("pieces of %d", size).hasSize(2);
      assertThat(parts.getFirst()).as("pieces of %d", size).isEqualTo(file);
      assertThat(parts.getLast()).as("pieces of %d", size).isEqualTo(new byte[] {'2'});
    }
  }

  @Test
  void randomPartsComeBackAtRandomReads() throws IOException {
    for (long seed = 1; seed <= 400; seed++) {
      Random random = new Random(seed);
      List<byte[]> files = new ArrayList<>();
      Bodies body = Bodies.start();
      for (int i = random.nextInt(6); i >= 0; i--) {
        byte[] file = trickyBytes(random);
        files.add(file);
        body.file("f" + i, file);
      }
      InputStream in = Bodies.atRandom(body.end(), random);
      List<byte[]> parts = contents(new Multipart(in, Bodies.TYPE));
      assertThat(parts).as("seed %d", seed).hasSameSizeAs(files);
      for (int i = 0; i < files.size(); i++) {
        assertThat(parts.get(i)).as("seed %d, part %d", seed, i).isEqualTo(files.get(i));
      }
    }
  }

  /** Made of the pieces of a delimiter, without ever being one. */
  private static byte[] trickyBytes(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      int cut = 1 + random.nextInt(DELIMITER.length() - 1);
      text.append(random.nextBoolean() ? DELIMITER.substring(0, cut) : "\r\n--x");
    }
    return text.toString().replace(DELIMITER, "").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void partsLargerThanTheBufferComeBack() throws IOException {
    for (int size : List.of(524_287, 524_288, 524_289, 1_048_576, 3_000_000)) {
      byte[] file = new byte[size];
      new Random(size).nextBytes(file);
      byte[] body = Bodies.start().file("big", file).file("small", new byte[1]).end();
      List<byte[]> parts = contents(new Multipart(Bodies.inPieces(body, 100_000), Bodies.TYPE));
      assertThat(parts.getFirst()).as("%d bytes", size).isEqualTo(file);
      assertThat(parts).hasSize(2);
    }
  }

  @Test
  void aPartThatIsNotReadIsSkipped() throws IOException {
    byte[] body =
        Bodies.start()
            .file("a", new byte[2_000_000])
            .file("b", "wanted".getBytes(StandardCharsets.UTF_8))
            .end();
    Multipart parts = new Multipart(Bodies.inPieces(body, 7_777), Bodies.TYPE);
    Multipart.Part first = Objects.requireNonNull(parts.next());
    Multipart.Part second = Objects.requireNonNull(parts.next());
    assertThat(Bodies.readAll(second.body())).asString().isEqualTo("wanted");
    assertThat(first.body().read()).as("a part that is over").isEqualTo(-1);
    assertThat(parts.next()).isNull();
    assertThat(parts.next()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=a1b2c3",
        "multipart/form-data; boundary=\"a1b2c3\"",
        "Multipart/Form-Data; charset=utf-8; Boundary=a1b2c3",
        "multipart/form-data; boundary=a1b2c3; charset=utf-8",
        "multipart/form-data;boundary=a1b2c3 "
      })
  void boundariesAreFoundInTheContentType(String type) throws IOException {
    byte[] body = Bodies.start().file("f", new byte[] {'x'}).end();
    assertThat(contents(new Multipart(Bodies.inPieces(body, 10), type))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text/plain",
        "application/json; boundary=a1b2c3",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      })
  void otherContentTypesAreRefused(String type) {
    assertThatThrownBy(() -> new Multipart(InputStream.nullInputStream(), type))
        .isInstanceOf(ApiException.class);
  }

  /** Bodies that clients do send though they are not the usual. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "preamble\r\n--a1b2c3\r\nA: b\r\n\r\nx\r\n--a1b2c3--",
        "\r\n--a1b2c3\r\nA: b\r\n\r\nx\r\n--a1b2c3--\r\n",
        "--a1b2c3 \t \r\nA: b\r\n\r\nx\r\n--a1b2c3--\r\nepilogue\r\n--a1b2c3\r\n",
        "--a1b2c3\r\n\r\nx\r\n--a1b2c3--",
        "--a1b2c3\r\nA:b\r\nA: c\r\n b : d\r\n\r\nx\r\n--a1b2c3--"
      })
  void unusualBodiesAreRead(String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size <= bytes.length; size++) {
      List<byte[]> parts = contents(new Multipart(Bodies.inPieces(bytes, size), Bodies.TYPE));
      assertThat(parts).as("pieces of %d", size).hasSize(1);
      assertThat(parts.getFirst()).asString().isEqualTo("x");
    }
  }

  @Test
  void anEmptyPartNeedsNoLineEnd() throws IOException {
    byte[] body =
        "--a1b2c3\r\nA: b\r\n\r\n--a1b2c3\r\nA: b\r\n\r\n\r\n--a1b2c3--"
            .getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size <= body.length; size++) {
      List<byte[]> parts = contents(new Multipart(Bodies.inPieces(body, size), Bodies.TYPE));
      assertThat(parts).as("pieces of %d", size).hasSize(2).allMatch(part -> part.length == 0);
    }
  }

  @Test
  void noPartAtAllIsTheEnd() throws IOException {
    byte[] body = Bodies.start().end();
    assertThat(new Multipart(Bodies.inPieces(body, 5), Bodies.TYPE).next()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no delimiter",
        "--a1b2c3",
        "--a1b2c3\r",
        "--a1b2c3-",
        "--a1b2c3\r\n",
        "--a1b2c3\r\nA: b",
        "--a1b2c3\r\nA: b\r\n",
        "--a1b2c3\r\nA: b\r\n\r\n",
        "--a1b2c3\r\nA: b\r\n\r\nx",
        "--a1b2c3\r\nA: b\r\n\r\nx\r\n",
        "--a1b2c3\r\nA: b\r\n\r\nx\r\n--a1b2c3",
        "--a1b2c3\r\nA: b\r\n\r\nx\r\n--a1b2c3-",
        "--a1b2c3-x",
        "--a1b2c3 x",
        "--a1b2c3\nA: b\n\nx\n--a1b2c3--",
        "--a1b2c3\r\nno colon\r\n\r\nx\r\n--a1b2c3--",
        "--a1b2c3\r\n: no name\r\n\r\nx\r\n--a1b2c3--"
      })
  void brokenBodiesAreRefusedAtEveryReadSize(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size <= Math.max(1, bytes.length); size++) {
      Multipart parts = new Multipart(Bodies.inPieces(bytes, size), Bodies.TYPE);
      assertThatThrownBy(() -> contents(parts)).isInstanceOf(ApiException.class);
      assertThatCodeOf(parts);
    }
  }

  private static void assertThatCodeOf(Multipart parts) {
    try {
      assertThat(parts.next()).as("after a failure").isNull();
    } catch (IOException | ApiException e) {
      fail("a failed body fails once", e);
    }
  }

  @Test
  void headersAreBounded() {
    String line = "X: " + "x".repeat(20_000) + "\r\n";
    String many = "X: xxxxxxxx\r\n".repeat(5_000);
    for (String headers : List.of(line, many)) {
      byte[] body =
          ("--a1b2c3\r\n" + headers + "\r\nx\r\n--a1b2c3--").getBytes(StandardCharsets.UTF_8);
      Multipart parts = new Multipart(Bodies.inPieces(body, 4_000), Bodies.TYPE);
      assertThatThrownBy(parts::next)
          .isInstanceOf(ApiException.class)
          .extracting(e -> ((ApiException) e).status())
          .isEqualTo(400);
    }
  }

  @Test
  void anEndlessHeaderIsGivenUp() {
    InputStream endless = Bodies.repeated(new byte[] {'x'}, Integer.MAX_VALUE, new byte[0]);
    InputStream start = Bodies.inPieces(Bodies.start().raw("--a1b2c3\r\n").bytes(), 9);
    Multipart parts = new Multipart(new SequenceInputStream(start, endless), Bodies.TYPE);
    assertThatThrownBy(parts::next).isInstanceOf(ApiException.class);
  }

  @Test
  void aHundredThousandPartsNeedNoMoreMemoryThanOne() throws IOException {
    byte[] one = Bodies.start().file("dir%2Fname", new byte[] {1, 2, 3}).bytes();
    Multipart parts =
        new Multipart(Bodies.repeated(one, 100_000, Bodies.start().end()), Bodies.TYPE);
    int count = 0;
    for (Multipart.Part part = parts.next(); part != null; part = parts.next()) {
      count += part.body().readAllBytes().length == 3 ? 1 : 0;
    }
    assertThat(count).isEqualTo(100_000);
  }

  @Test
  void errorsOfTheConnectionComeThrough() {
    InputStream broken = Bodies.breakingAfter(new byte[0]);
    Multipart parts = new Multipart(broken, Bodies.TYPE);
    assertThatThrownBy(parts::next).isInstanceOf(IOException.class).hasMessage("reset by peer");
  }

  @Test
  void damagedBodiesEndOrAreRefused() {
    byte[] whole =
        Bodies.start()
            .file("a", "one\r\n--a1b2".getBytes(StandardCharsets.UTF_8))
            .part("d", "application/x-directory", new byte[0])
            .file("d%2Fb", new byte[300])
            .end();
    for (long seed = 1; seed <= 20_000; seed++) {
      Random random = new Random(seed);
      InputStream in = Bodies.atRandom(damage(whole, random), random);
      try {
        contents(new Multipart(in, Bodies.TYPE));
      } catch (ApiException e) {
        assertThat(e.status()).as("seed %d", seed).isEqualTo(400);
      } catch (IOException | RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
    for (int i = random.nextInt(8); i > 0 && damaged.length > 0; i--) {
      int at = random.nextInt(damaged.length);
      damaged[at] =
          (byte) (random.nextBoolean() ? "\r\n-:a \0".charAt(random.nextInt(7)) : random.nextInt());
    }
    return damaged;
  }

  private static List<byte[]> contents(Multipart parts) throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (Multipart.Part part = parts.next(); part != null; part = parts.next()) {
      all.add(part.body().readAllBytes());
    }
    return all;
  }
}
