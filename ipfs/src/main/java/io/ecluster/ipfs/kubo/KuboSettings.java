package io.ecluster.ipfs.kubo;

import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;

/**
 * Where a Kubo daemon is, and how long it may take.
 *
 * @param address of its RPC API: {@code /ip4}, {@code /ip6}, {@code /dns*} with {@code /tcp}, or
 *     {@code /unix}
 * @param authorization value of the {@code Authorization} header; empty for none
 * @param requestTimeout for the answer to begin, and between its parts
 * @param pinTimeout a pin fails when nothing more of it was fetched for this long
 * @param repoGcTimeout between two blocks that garbage collection removes
 * @param unpinDisabled whether unpins fail
 */
public record KuboSettings(
    Multiaddr address,
    boolean https,
    String authorization,
    Duration requestTimeout,
    Duration pinTimeout,
    Duration unpinTimeout,
    Duration repoGcTimeout,
    boolean unpinDisabled) {

  /** Go's defaults. */
  public static KuboSettings at(Multiaddr address) {
    return new KuboSettings(
        address,
        false,
        "",
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        Duration.ofHours(3),
        Duration.ofHours(24),
        false);
  }

  public KuboSettings withAuthorization(String header) {
    return new KuboSettings(
        address,
        https,
        header,
        requestTimeout,
        pinTimeout,
        unpinTimeout,
        repoGcTimeout,
        unpinDisabled);
  }

  public KuboSettings withTimeouts(Duration request, Duration pin) {
    return new KuboSettings(
        address, https, authorization, request, pin, unpinTimeout, repoGcTimeout, unpinDisabled);
  }

  public KuboSettings withUnpinDisabled() {
    return new KuboSettings(
        address,
        https,
        authorization,
        requestTimeout,
        pinTimeout,
        unpinTimeout,
        repoGcTimeout,
        true);
  }

  /** Never shows credentials. */
  @Override
  public String toString() {
    return "Kubo at " + address;
  }
}
