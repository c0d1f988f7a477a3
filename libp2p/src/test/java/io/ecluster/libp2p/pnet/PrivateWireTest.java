package io.ecluster.libp2p.pnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.net.MemoryWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateWireTest {
  private final Vectors vectors = Vectors.load("psk");
  private final Vectors.Vector first = vectors.named("first dialer write");
  private final PreSharedKey key = new PreSharedKey(first.meaningBytes("secret"));

  /** Gives the nonce of the vectors. */
  private final SecureRandom random =
      new SecureRandom() {
        @Override
        public void nextBytes(byte[] bytes) {
          byte[] nonce = first.meaningBytes("nonce");
          System.arraycopy(nonce, 0, bytes, 0, bytes.length);
        }
      };

  @Test
  void theFirstWriteIsThatOfGo() throws IOException {
    MemoryWire wire = MemoryWire.reading();
    byte[] plaintext = first.meaningBytes("plaintext");
    new PrivateWire(wire, key, random).write(plaintext, 0, plaintext.length);
    assertThat(wire.written()).isEqualTo(first.bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"listener->dialer", "dialer->listener"})
  void aLiveCaptureIsDeciphered(String direction) throws IOException {
    List<Vectors.Vector> steps =
        vectors.named("live capture").steps().stream()
            .filter(step -> step.text("dir").equals(direction))
            .toList();
    byte[][] raw = steps.stream().map(s -> hex(s.text("raw"))).toArray(byte[][]::new);
    PrivateWire wire = new PrivateWire(MemoryWire.reading(raw), key, random);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    steps.forEach(step -> expected.writeBytes(hex(step.text("decrypted"))));
    assertThat(readAll(wire)).isEqualTo(expected.toByteArray());
  }

  @Test
  void anEndInsideTheNonceIsTheEnd() throws IOException {
    PrivateWire wire = new PrivateWire(MemoryWire.reading(new byte[23]), key, random);
    assertThat(wire.read(new byte[10], 0, 10)).isNegative();
  }

  private static byte[] readAll(PrivateWire wire) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[100];
    for (int got = wire.read(buffer, 3, 97); got >= 0; got = wire.read(buffer, 3, 97)) {
      all.writeBytes(Arrays.copyOfRange(buffer, 3, 3 + got));
    }
    return all.toByteArray();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
