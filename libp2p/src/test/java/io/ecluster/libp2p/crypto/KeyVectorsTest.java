package io.ecluster.libp2p.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.FormatException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, ids and signatures that go-libp2p made. */
class KeyVectorsTest {
  private static final String ED25519 = "Ed25519 seed 0x01*32";
  private static final String RSA =
      "RSA 2048 (random; PKCS#1 v1.5 SHA-256 signatures are deterministic)";
  private static final String SECP256K1 = "secp256k1 (random)";
  private static final String ECDSA = "ECDSA P-256 (random; signature is randomised)";
  private static final int MAX_BYTES_OF_CURVES = 200;
  private static final byte[] MESSAGE = "message".getBytes(UTF_8);

  private final Vectors vectors = Vectors.load("keys");

  @ParameterizedTest
  @ValueSource(strings = {ED25519, RSA, SECP256K1, ECDSA})
  void keysAreReadAndWrittenAsGoDoes(String name) {
    Vectors.Vector vector = vectors.named(name);
    Identity identity = Identity.fromPrivateKeyBase64(vector.meaning("base64"));
    assertThat(identity.privateKeyBase64()).isEqualTo(vector.meaning("base64"));
    assertThat(identity.id()).hasToString(vector.meaning("peerID"));
    assertThat(identity.publicKey().toProtobuf()).isEqualTo(vector.meaningBytes("publicKeyProto"));
  }

  @ParameterizedTest
  @ValueSource(strings = {ED25519, RSA, SECP256K1, ECDSA})
  void signaturesOfGoVerifyAndChangedOnesDoNot(String name) {
    Vectors.Vector vector = vectors.named(name);
    PublicKey key = PublicKey.fromProtobuf(vector.meaningBytes("publicKeyProto"));
    byte[] signature = vector.meaningBytes("signatureOf_message");
    assertThat(key.verify(MESSAGE, signature)).isTrue();
    assertThat(key.verify("massage".getBytes(UTF_8), signature)).isFalse();
    signature[signature.length / 2] ^= 1;
    assertThat(key.verify(MESSAGE, signature)).isFalse();
    assertThat(key.verify(MESSAGE, new byte[0])).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {ED25519, RSA, SECP256K1})
  void deterministicSignaturesAreThoseOfGo(String name) {
    Vectors.Vector vector = vectors.named(name);
    Identity identity = Identity.fromPrivateKeyBase64(vector.meaning("base64"));
    assertThat(identity.sign(MESSAGE)).isEqualTo(vector.meaningBytes("signatureOf_message"));
  }

  @Test
  void ecdsaSignaturesVerify() {
    Identity identity = Identity.fromPrivateKeyBase64(vectors.named(ECDSA).meaning("base64"));
    assertThat(identity.publicKey().verify(MESSAGE, identity.sign(MESSAGE))).isTrue();
  }

  @Test
  void smallKeysAreFoundInsideTheirPeerId() {
    for (String name : List.of(ED25519, SECP256K1)) {
      Identity identity = Identity.fromPrivateKeyBase64(vectors.named(name).meaning("base64"));
      assertThat(PublicKey.inside(identity.id())).contains(identity.publicKey());
    }
    Identity rsa = Identity.fromPrivateKeyBase64(vectors.named(RSA).meaning("base64"));
    assertThat(PublicKey.inside(rsa.id())).isEmpty();
  }

  @Test
  void theLegacyFormWithTwoPublicKeysIsAccepted() {
    byte[] seed = new byte[32];
    byte[] open = Identity.fromEd25519Seed(seed).publicKey().data();
    byte[] data = Arrays.copyOf(seed, 96);
    System.arraycopy(open, 0, data, 32, 32);
    System.arraycopy(open, 0, data, 64, 32);
    byte[] proto = new KeyMessage(KeyType.ED25519, data).toBytes();
    assertThat(Identity.fromPrivateKeyProtobuf(proto).id())
        .isEqualTo(Identity.fromEd25519Seed(seed).id());
    data[95] ^= 1;
    byte[] wrong = new KeyMessage(KeyType.ED25519, data).toBytes();
    assertThatThrownBy(() -> Identity.fromPrivateKeyProtobuf(wrong))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void anIdentityDoesNotPrintItsKey() {
    Identity identity = Identity.fromEd25519Seed(new byte[32]);
    assertThat(identity.toString()).doesNotContain(identity.privateKeyBase64());
  }

  /** Also keys of absurd sizes, which would take for ever to verify with. */
  @Test
  void changedKeysAreUsableOrRefused() {
    FrameMutator keys =
        FrameMutator.of(vectors.all().stream().map(v -> v.meaningBytes("publicKeyProto")).toList());
    int refused = keys.runBounded(5_000, 1 << 20, 256, KeyVectorsTest::refusesToVerify);
    assertThat(refused).as(keys::describe).isGreaterThan(1_000);
  }

  private static boolean refusesToVerify(byte[] bytes) {
    try {
      assertThat(PublicKey.fromProtobuf(bytes).verify(MESSAGE, new byte[64])).isFalse();
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  @Test
  void changedPrivateKeysAreRefusedWithAFormatException() {
    FrameMutator keys = FrameMutator.of(vectors.everyFrame());
    int refused = keys.run(3_000, KeyVectorsTest::refusesPrivate);
    assertThat(refused).as(keys::describe).isGreaterThan(1_000);
  }

  /** All of them, but for RSA's, which are long. */
  @Test
  void privateKeysWithOneWrongBitAreRefusedWithAFormatException() {
    List<byte[]> keys =
        vectors.everyFrame().stream().filter(key -> key.length < MAX_BYTES_OF_CURVES).toList();
    assertThat(keys).isNotEmpty();
    for (byte[] key : keys) {
      for (int bit = 0; bit < 8 * key.length; bit++) {
        byte[] wrong = key.clone();
        wrong[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatCode(() -> refusesPrivate(wrong)).as("bit %d", bit).doesNotThrowAnyException();
      }
    }
  }

  private static boolean refusesPrivate(byte[] bytes) {
    try {
      assertThat(Identity.fromPrivateKeyProtobuf(bytes).id()).isNotNull();
      return false;
    } catch (FormatException e) {
      return true;
    }
  }
}
