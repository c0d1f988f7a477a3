package io.ecluster.libp2p.pnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.FormatException;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XSalsa20Test {
  private final Vectors vectors = Vectors.load("psk");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theKeystreamIsThatOfGo(boolean vector) {
    Vectors.Vector first = vectors.named("first dialer write");
    byte[] expected = vectors.named("keystream").bytes();
    byte[] stream = new byte[expected.length];
    XSalsa20 cipher =
        new XSalsa20(first.meaningBytes("secret"), first.meaningBytes("nonce"), bytes -> vector);
    cipher.apply(stream, 0, 1);
    cipher.apply(stream, 1, 69);
    cipher.apply(stream, 70, 130);
    assertThat(stream).isEqualTo(expected);
  }

  @Test
  void theKeystreamOfZeroesIsThatOfGo() {
    byte[] expected = vectors.named("keystream zero key zero nonce").bytes();
    byte[] stream = new byte[expected.length];
    new XSalsa20(new byte[32], new byte[24], bytes -> false).apply(stream, 0, stream.length);
    assertThat(stream).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void longStreamsInRandomPiecesEqualThoseOfBouncyCastle(boolean vector) {
    long seed = 7;
    Random random = new Random(seed);
    byte[] key = bytes(random, 32);
    byte[] nonce = bytes(random, 24);
    XSalsa20 cipher = new XSalsa20(key, nonce, bytes -> vector);
    XSalsa20Engine reference = new XSalsa20Engine();
    reference.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
    for (int round = 0; round < 200; round++) {
      byte[] mine = bytes(random, random.nextInt(5000));
      int from = random.nextInt(mine.length + 1);
      byte[] theirs = mine.clone();
      cipher.apply(mine, from, mine.length - from);
      reference.processBytes(theirs, from, theirs.length - from, theirs, from);
      assertThat(mine).as("seed %d, round %d", seed, round).isEqualTo(theirs);
    }
  }

  @Test
  void theBlockCounterCarriesInVectorsAsInBlocks() {
    Salsa20 vector = new VectorSalsa20();
    Salsa20 scalar = new ScalarSalsa20();
    int[] state = new Random(1).ints(16).toArray();
    state[8] = -3;
    state[9] = 41;
    int[] same = state.clone();
    byte[] mine = new byte[vector.batchBytes()];
    byte[] theirs = mine.clone();
    vector.xorBatch(state, mine, 0);
    for (int at = 0; at < theirs.length; at += scalar.batchBytes()) {
      scalar.xorBatch(same, theirs, at);
    }
    assertThat(mine).isEqualTo(theirs);
    assertThat(state).isEqualTo(same);
    assertThat(state[9]).isEqualTo(42);
  }

  @Test
  void aSecretIs64HexDigits() {
    byte[] key = bytes(new Random(2), 32);
    assertThat(PreSharedKey.parse(HexFormat.of().formatHex(key)).key()).isEqualTo(key);
    for (String bad : new String[] {"", "00", "zz".repeat(32), "00".repeat(33)}) {
      assertThatThrownBy(() -> PreSharedKey.parse(bad))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("secret");
    }
  }

  private static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
