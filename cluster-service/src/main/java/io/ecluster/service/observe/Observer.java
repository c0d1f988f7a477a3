package io.ecluster.service.observe;

import io.ecluster.adder.Adder;
import io.ecluster.core.rpc.CallWatch;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.RecoveryWatch;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.read.Blocks;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** Watches a peer: what its parts are given, so that what they do is seen. */
public interface Observer {
  /** Sees nothing, and costs nothing. */
  Observer NONE = new Observer() {};

  /** Watches calls between peers. */
  default CallWatch calls() {
    return CallWatch.NONE;
  }

  /**
   * Watches the requests of one HTTP server.
   *
   * @param server its name
   */
  default HttpWatch http(String server) {
    return HttpWatch.NONE;
  }

  /** Watches reads and repairs of coded pins. */
  default RecoveryWatch recovery() {
    return RecoveryWatch.NONE;
  }

  /** Is told how long the coding of each stripe took. */
  default LongConsumer stripeNanos() {
    return _ -> {};
  }

  /** A node of which is seen what is asked of it. */
  default IpfsNode node(IpfsNode node) {
    return node;
  }

  /** An adder of which is seen what it adds. */
  default Adder adder(Adder adder) {
    return adder;
  }

  /** Readings of which is seen how long they last. */
  default Blocks reads(Blocks blocks) {
    return blocks;
  }

  /** What is told of blocks that had to be rebuilt for a read: the root and the group. */
  default BiConsumer<Cid, Integer> degraded(BiConsumer<Cid, Integer> next) {
    return next;
  }

  /** One that lets both see; what the first was given is what the second gets. */
  static Observer both(Observer first, Observer second) {
    return first == NONE ? second : second == NONE ? first : new BothObservers(first, second);
  }
}
