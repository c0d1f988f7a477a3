package io.ecluster.libp2p.noise;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.crypto.PublicKey;
import io.ecluster.libp2p.net.Wire;
import io.ecluster.libp2p.net.WireReader;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * Noise XX with libp2p's payloads, in both roles. The static key is made for one connection; the
 * identity key signs it.
 */
public final class NoiseHandshake {
  public static final String PROTOCOL = "/noise";

  private static final int KEY_BYTES = 32;
  private static final int SEALED_KEY_BYTES = KEY_BYTES + CipherState.TAG_BYTES;
  private static final byte[] NOTHING = {};

  private final Wire wire;
  private final WireReader reader;
  private final Identity identity;
  private final List<String> muxers;
  private final X25519PrivateKeyParameters staticKey;
  private final X25519PrivateKeyParameters ephemeral;
  private final SymmetricState state = new SymmetricState();

  /**
   * @param muxers offered inside the handshake, best first
   */
  public NoiseHandshake(
      Wire wire, WireReader reader, Identity identity, List<String> muxers, SecureRandom random) {
    this(
        wire,
        reader,
        identity,
        muxers,
        new X25519PrivateKeyParameters(random),
        new X25519PrivateKeyParameters(random));
  }

  NoiseHandshake(
      Wire wire,
      WireReader reader,
      Identity identity,
      List<String> muxers,
      X25519PrivateKeyParameters staticKey,
      X25519PrivateKeyParameters ephemeral) {
    this.wire = wire;
    this.reader = reader;
    this.identity = identity;
    this.muxers = List.copyOf(muxers);
    this.staticKey = staticKey;
    this.ephemeral = ephemeral;
  }

  /**
   * The dialer's part.
   *
   * @throws NoiseException if the remote is not {@code expected}
   */
  public SecureChannel initiate(PeerId expected) throws IOException {
    sendMessage(ownEphemeral(), state.encryptAndHash(NOTHING));
    Message second = new Message(readMessage());
    byte[] remoteEphemeral = second.take(KEY_BYTES);
    state.mixHash(remoteEphemeral);
    mix(ephemeral, remoteEphemeral);
    byte[] remoteStatic = state.decryptAndHash(second.take(SEALED_KEY_BYTES));
    mix(ephemeral, remoteStatic);
    HandshakePayload theirs = HandshakePayload.parse(state.decryptAndHash(second.rest()));
    PublicKey remote = theirs.verified(remoteStatic);
    requirePeer(expected, remote.peerId());
    byte[] sealedStatic = state.encryptAndHash(publicKey(staticKey));
    mix(staticKey, remoteEphemeral);
    sendMessage(sealedStatic, state.encryptAndHash(ownPayload()));
    CipherState[] keys = state.split();
    return channel(keys[0], keys[1], remote, firstCommon(muxers, theirs.muxers()));
  }

  /** The listener's part. */
  public SecureChannel respond() throws IOException {
    Message first = new Message(readMessage());
    byte[] remoteEphemeral = first.take(KEY_BYTES);
    state.mixHash(remoteEphemeral);
    state.decryptAndHash(first.rest());
    byte[] own = ownEphemeral();
    mix(ephemeral, remoteEphemeral);
    byte[] sealedStatic = state.encryptAndHash(publicKey(staticKey));
    mix(staticKey, remoteEphemeral);
    sendMessage(own, sealedStatic, state.encryptAndHash(ownPayload()));
    Message third = new Message(readMessage());
    byte[] remoteStatic = state.decryptAndHash(third.take(SEALED_KEY_BYTES));
    mix(ephemeral, remoteStatic);
    HandshakePayload theirs = HandshakePayload.parse(state.decryptAndHash(third.rest()));
    PublicKey remote = theirs.verified(remoteStatic);
    CipherState[] keys = state.split();
    return channel(keys[1], keys[0], remote, firstCommon(theirs.muxers(), muxers));
  }

  /** The hash that names this handshake. */
  byte[] hash() {
    return state.hash();
  }

  private SecureChannel channel(
      CipherState sending, CipherState receiving, PublicKey remote, @Nullable String muxer) {
    return new SecureChannel(
        wire, reader, sending, receiving, remote.peerId(), Optional.ofNullable(muxer));
  }

  private static @Nullable String firstCommon(List<String> initiator, List<String> responder) {
    return initiator.stream().filter(responder::contains).findFirst().orElse(null);
  }

  private static void requirePeer(PeerId expected, PeerId actual) throws NoiseException {
    if (!actual.equals(expected)) {
      throw new NoiseException("peer there is " + actual + ", not " + expected);
    }
  }

  private byte[] ownEphemeral() {
    byte[] key = publicKey(ephemeral);
    state.mixHash(key);
    return key;
  }

  private byte[] ownPayload() {
    return HandshakePayload.of(identity, publicKey(staticKey), muxers).toBytes();
  }

  private static byte[] publicKey(X25519PrivateKeyParameters key) {
    return key.generatePublicKey().getEncoded();
  }

  private void mix(X25519PrivateKeyParameters own, byte[] remote) throws NoiseException {
    byte[] shared = new byte[KEY_BYTES];
    try {
      own.generateSecret(new X25519PublicKeyParameters(remote), shared, 0);
    } catch (IllegalStateException e) {
      throw new NoiseException("peer sent a key of low order", e);
    }
    state.mixKey(shared);
  }

  private void sendMessage(byte[]... parts) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[2]);
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    byte[] framed = body.toByteArray();
    framed[0] = (byte) ((framed.length - 2) >>> 8);
    framed[1] = (byte) (framed.length - 2);
    wire.write(framed, 0, framed.length);
  }

  private byte[] readMessage() throws IOException {
    int at = reader.require(2);
    int length = (reader.array()[at] & 0xff) << 8 | (reader.array()[at + 1] & 0xff);
    reader.consume(2);
    int from = reader.require(length);
    byte[] message = Arrays.copyOfRange(reader.array(), from, from + length);
    reader.consume(length);
    return message;
  }

  /** A handshake message that is taken apart from the front. */
  private static final class Message {
    private final byte[] bytes;
    private int at;

    Message(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] take(int count) throws NoiseException {
      if (bytes.length - at < count) {
        throw new NoiseException("handshake message of " + bytes.length + " bytes is cut short");
      }
      at += count;
      return Arrays.copyOfRange(bytes, at - count, at);
    }

    byte[] rest() {
      return Arrays.copyOfRange(bytes, at, bytes.length);
    }
  }
}
