package io.ecluster.libp2p.multistream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultistreamTest {
  private final Vectors vectors = Vectors.load("multistream");

  private String sent(String name, String direction) {
    return vectors.named(name).steps().stream()
        .filter(step -> step.text("dir").equals(direction))
        .map(Vectors.Vector::hex)
        .collect(Collectors.joining());
  }

  private ByteArrayInputStream in(String name, String direction) {
    return new ByteArrayInputStream(HexFormat.of().parseHex(sent(name, direction)));
  }

  @ParameterizedTest
  @CsvSource({"security negotiation,/noise|/tls/1.0.0", "first choice refused,/tls/1.0.0|/noise"})
  void theDialerSpeaksAsGoDoes(String name, String offered) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String agreed =
        Multistream.propose(in(name, "listener->dialer"), out, List.of(offered.split("\\|")));
    assertThat(agreed).isEqualTo("/noise");
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(sent(name, "dialer->listener"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"security negotiation", "first choice refused"})
  void theListenerSpeaksAsGoDoes(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String agreed = Multistream.accept(in(name, "dialer->listener"), out, "/noise"::equals);
    assertThat(agreed).isEqualTo("/noise");
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(sent(name, "listener->dialer"));
  }

  @Test
  void nothingInCommonIsSaid() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() ->
            Multistream.propose(in("nothing in common", "listener->dialer"), out, List.of("/a")))
        .isInstanceOfSatisfying(
            NegotiationException.class,
            e -> assertThat(e.reason()).isEqualTo(NegotiationException.Reason.NOTHING_IN_COMMON));
  }

  @Test
  void bytesBehindTheProposalStayInTheStream() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Multistream.hello("/a"));
    bytes.writeBytes("request".getBytes(UTF_8));
    ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
    Multistream.accept(in, new ByteArrayOutputStream(), "/a"::equals);
    assertThat(in.readAllBytes()).asString().isEqualTo("request");
  }

  @Test
  void aPeerThatProposesForEverIsRefused() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Multistream.hello("/a"));
    for (int i = 0; i < 1000; i++) {
      bytes.writeBytes("\003/a\n".getBytes(UTF_8));
    }
    assertThatThrownBy(() ->
            Multistream.accept(
                new ByteArrayInputStream(bytes.toByteArray()),
                new ByteArrayOutputStream(),
                "/b"::equals))
        .isInstanceOf(NegotiationException.class)
        .hasMessageContaining("too many");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffffffff7f", "8108", "00", "0141", "12", "80808080808080808080"})
  void badTokensAreNotMultistream(String hex) {
    assertThatThrownBy(() ->
            Multistream.accept(
                new ByteArrayInputStream(HexFormat.of().parseHex(hex)),
                new ByteArrayOutputStream(),
                "/a"::equals))
        .isInstanceOfSatisfying(
            NegotiationException.class,
            e -> assertThat(e.reason()).isEqualTo(NegotiationException.Reason.NOT_MULTISTREAM));
  }

  @Test
  void changedTokensAreAgreedOnOrEndInAnIoException() {
    FrameMutator tokens = FrameMutator.of(Vectors.load("multistream").everyFrame());
    int refused = tokens.runBounded(50_000, MultistreamTest::refuses);
    assertThat(refused).as(tokens::describe).isBetween(10_000, 49_999);
  }

  private static boolean refuses(byte[] bytes) {
    try {
      Multistream.accept(
          new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), "/noise"::equals);
      return false;
    } catch (IOException e) {
      assertThat(e).isInstanceOfAny(NegotiationException.class, EOFException.class);
      return true;
    }
  }
}
