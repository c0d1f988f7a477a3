package io.ecluster.libp2p;

import io.ecluster.libp2p.identify.IdentifyMessage;
import io.ecluster.libp2p.identify.SignedPeerRecord;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Both roles of identify and of its push. */
final class IdentifyService {
  private static final Logger log = LoggerFactory.getLogger(IdentifyService.class);

  /** Go's parallelism for pushes is of this order; each takes one round trip. */
  private static final Duration PUSH_TIMEOUT = Duration.ofSeconds(5);

  private final HostConfig config;
  private final Supplier<List<Multiaddr>> addresses;
  private final Supplier<Set<String>> protocols;
  private final BiConsumer<PeerId, IdentifyMessage> learned;
  private final Refusals refused;

  /**
   * @param addresses our own, without {@code /p2p}
   * @param protocols those we serve
   * @param learned gets what each peer says of itself
   * @param refused counts what could not be read
   */
  IdentifyService(
      HostConfig config,
      Supplier<List<Multiaddr>> addresses,
      Supplier<Set<String>> protocols,
      BiConsumer<PeerId, IdentifyMessage> learned,
      Refusals refused) {
    this.refused = refused;
    this.config = config;
    this.addresses = addresses;
    this.protocols = protocols;
    this.learned = learned;
  }

  private byte[] ownFrame(Optional<Multiaddr> observed) {
    return new IdentifyMessage(
            Optional.of(config.identity().publicKey().toProtobuf()),
            addresses.get(),
            protocols.get(),
            observed,
            "",
            config.agent(),
            Optional.empty())
        .toFrame();
  }

  /** Answers a peer that asks who we are. */
  void serve(Stream stream, Multiaddr observed) throws IOException {
    stream.output().write(ownFrame(Optional.of(observed)));
  }

  /** Takes what a peer tells unasked. */
  void servePush(Stream stream) throws IOException {
    stream.setReadTimeout(config.limits().identifyTimeout());
    learned.accept(stream.remotePeer(), read(stream));
  }

  /** Asks the peer of a new connection. */
  void ask(Connection connection) throws IOException {
    Duration timeout = config.limits().identifyTimeout();
    Stream stream = connection.open(IdentifyMessage.PROTOCOL, timeout);
    try {
      stream.setReadTimeout(timeout);
      stream.closeWrite();
      learned.accept(connection.peer(), read(stream));
      stream.close();
    } catch (IOException | RuntimeException e) {
      stream.reset();
      throw e;
    }
  }

  private IdentifyMessage read(Stream stream) throws IOException {
    try {
      return IdentifyMessage.readAll(stream.input());
    } catch (FormatException e) {
      refused.count(Refusals.Reason.MALFORMED);
      throw new IOException(stream.remotePeer() + " sent a malformed identify", e);
    }
  }

  /** Tells a peer that we have changed; it does not matter much if this fails. */
  void push(Connection connection) {
    try {
      Stream stream = connection.open(IdentifyMessage.PUSH_PROTOCOL, PUSH_TIMEOUT);
      stream.output().write(ownFrame(Optional.of(connection.remoteAddress())));
      stream.close();
    } catch (IOException e) {
      log.debug("identify push to {} failed", connection.peer(), e);
    }
  }

  /** The addresses in a message, from the signed record when there is one. */
  static List<Multiaddr> addressesIn(PeerId peer, IdentifyMessage message) {
    if (message.signedRecord().isEmpty()) {
      return message.addresses();
    }
    try {
      SignedPeerRecord signed = SignedPeerRecord.open(message.signedRecord().get());
      return signed.peer().equals(peer) ? signed.addresses() : List.of();
    } catch (FormatException e) {
      log.debug("{} sent a bad signed record", peer, e);
      return List.of();
    }
  }
}
