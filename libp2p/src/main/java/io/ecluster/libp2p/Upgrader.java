package io.ecluster.libp2p;

import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.multistream.NegotiationException;
import io.ecluster.libp2p.net.FrameChannel;
import io.ecluster.libp2p.net.PushbackChannel;
import io.ecluster.libp2p.net.SocketWire;
import io.ecluster.libp2p.net.Wire;
import io.ecluster.libp2p.net.WireReader;
import io.ecluster.libp2p.noise.NoiseHandshake;
import io.ecluster.libp2p.noise.SecureChannel;
import io.ecluster.libp2p.pnet.PrivateWire;
import io.ecluster.multiformats.PeerId;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Turns a TCP connection into a secured one that is ready for yamux: private network, Noise, and
 * the muxer when Noise has not settled it. Its caller limits the time.
 */
final class Upgrader {
  static final String MUXER = "/yamux/1.0.0";

  private final HostConfig config;

  Upgrader(HostConfig config) {
    this.config = config;
  }

  /** A secured channel and who is at its end. */
  record Upgraded(PeerId peer, FrameChannel channel) {}

  Upgraded dialled(SocketChannel socket, PeerId expected) throws IOException {
    return orClose(wire(socket), wire -> dial(wire, expected));
  }

  Upgraded accepted(SocketChannel socket) throws IOException {
    return orClose(wire(socket), this::accept);
  }

  private interface Upgrade {
    Upgraded of(Wire wire) throws IOException;
  }

  /** Closes the wire rather than the socket, so that the remote gets what tells it the reason. */
  private static Upgraded orClose(Wire wire, Upgrade upgrade) throws IOException {
    boolean done = false;
    try {
      Upgraded upgraded = upgrade.of(wire);
      done = true;
      return upgraded;
    } finally {
      if (!done) {
        wire.close();
      }
    }
  }

  private Upgraded dial(Wire wire, PeerId expected) throws IOException {
    WireReader reader = new WireReader(wire);
    agree(
        reader,
        () ->
            Multistream.propose(
                reader.asInputStream(), output(wire), List.of(NoiseHandshake.PROTOCOL)));
    SecureChannel secure = handshake(wire, reader).initiate(expected);
    PushbackChannel channel = new PushbackChannel(secure);
    if (secure.muxer().isEmpty()) {
      Multistream.propose(channel.asInputStream(), channel.asOutputStream(), List.of(MUXER));
    }
    return new Upgraded(secure.remotePeer(), channel);
  }

  private Upgraded accept(Wire wire) throws IOException {
    WireReader reader = new WireReader(wire);
    agree(
        reader,
        () ->
            Multistream.accept(
                reader.asInputStream(), output(wire), NoiseHandshake.PROTOCOL::equals));
    SecureChannel secure = handshake(wire, reader).respond();
    PushbackChannel channel = new PushbackChannel(secure);
    if (secure.muxer().isEmpty()) {
      Multistream.accept(channel.asInputStream(), channel.asOutputStream(), MUXER::equals);
    }
    return new Upgraded(secure.remotePeer(), channel);
  }

  private Wire wire(SocketChannel socket) throws IOException {
    Wire wire = new SocketWire(socket);
    return config.secret().isPresent()
        ? new PrivateWire(wire, config.secret().get(), config.random())
        : wire;
  }

  private NoiseHandshake handshake(Wire wire, WireReader reader) {
    return new NoiseHandshake(wire, reader, config.identity(), List.of(MUXER), config.random());
  }

  private interface Negotiation {
    String run() throws IOException;
  }

  /** The first bytes tell whether the remote shares our secret: a wrong one reads as garbage. */
  private void agree(WireReader reader, Negotiation negotiation) throws IOException {
    try {
      negotiation.run();
    } catch (NegotiationException e) {
      throw e.reason() == NegotiationException.Reason.NOT_MULTISTREAM ? foreign(e) : e;
    } catch (EOFException | SocketException e) {
      throw reader.hasReceived() ? foreign(e) : mute(e);
    }
  }

  private IOException foreign(IOException cause) {
    return new ForeignNetworkException(
        config.secret().isPresent()
            ? "is not in our private network (wrong cluster secret?)"
            : "does not speak libp2p, or is in a private network and we are not (no secret set?)",
        cause);
  }

  /** A probe of the port does this too, so on an inbound connection it is no reason to complain. */
  private IOException mute(IOException cause) {
    String secret = config.secret().isPresent() ? "wrong cluster secret" : "a private network";
    return new IOException(
        "closed the connection at once (" + secret + ", or too many connections there?)", cause);
  }

  private static OutputStream output(Wire wire) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        wire.write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        wire.write(bytes, offset, length);
      }
    };
  }
}
