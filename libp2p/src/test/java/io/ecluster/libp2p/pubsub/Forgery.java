package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Frames of pubsub as peers write them that do not keep to the rules. */
public final class Forgery {
  private static final AtomicLong SEQUENCE = new AtomicLong(System.nanoTime());

  private Forgery() {}

  /** The first frame of a stream. */
  public static byte[] hello(String... topics) {
    return RpcWriter.frame(Rpc.subscriptions(List.of(topics)));
  }

  /** A message as it should be. */
  public static byte[] signed(Identity author, String topic, byte[] data) {
    return frame(SignedMessage.sign(author, SEQUENCE.getAndIncrement(), topic, data));
  }

  /** A message in somebody's name that another has signed. */
  public static byte[] signedByAnother(PeerId author, Identity signer, String topic, byte[] data) {
    SignedMessage made = SignedMessage.sign(signer, SEQUENCE.getAndIncrement(), topic, data);
    return frame(withAuthor(made, author, made.signature()));
  }

  public static byte[] unsigned(PeerId author, Identity any, String topic, byte[] data) {
    SignedMessage made = SignedMessage.sign(any, SEQUENCE.getAndIncrement(), topic, data);
    return frame(withAuthor(made, author, ByteString.EMPTY));
  }

  private static SignedMessage withAuthor(
      SignedMessage message, PeerId author, ByteString signature) {
    return new SignedMessage(
        ByteString.copyFrom(author.toBytes()),
        message.data(),
        message.sequence(),
        message.topic(),
        signature,
        null);
  }

  private static byte[] frame(SignedMessage message) {
    return RpcWriter.frame(Rpc.messages(List.of(message)));
  }
}
