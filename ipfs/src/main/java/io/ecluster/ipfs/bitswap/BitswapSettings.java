package io.ecluster.ipfs.bitswap;

import java.time.Duration;

/**
 * Times of a bitswap node.
 *
 * @param requestTimeout a peer that was asked for a block and sends nothing for this long is passed
 *     over when another has the block
 * @param rebroadcast how soon a block that nobody had is asked for again; doubles up to five times
 *     this
 * @param sendTimeout a peer that does not take a message in this time loses it
 */
public record BitswapSettings(Duration requestTimeout, Duration rebroadcast, Duration sendTimeout) {

  public static BitswapSettings standard() {
    return new BitswapSettings(
        Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(30));
  }
}
