package io.ecluster.service.daemon;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.service.config.IpfsHttpSettings;
import io.ecluster.service.config.Settings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Asks whether the IPFS node of a peer is there; an embedded one always is. */
public final class IpfsProbe {
  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final int NOTICE_EVERY = 10;

  private IpfsProbe() {}

  public static boolean online(Settings settings) {
    return settings.ipfsHttp().map(IpfsProbe::answers).orElse(true);
  }

  private static boolean answers(IpfsHttpSettings kubo) {
    try (KuboIpfsNode node = KuboIpfsNode.open(IpfsSide.settingsOf(kubo))) {
      node.id();
      return true;
    } catch (IpfsException e) {
      return false;
    }
  }

  /**
   * Asks once a second, and says every ten that it still waits.
   *
   * @return whether it came in time
   */
  public static boolean await(BooleanSupplier there, Duration patience, PrintStream out) {
    long attempts = patience.dividedBy(BETWEEN);
    for (int i = 1; i <= attempts; i++) {
      if (there.getAsBoolean()) {
        return true;
      }
      if (i % NOTICE_EVERY == 0) {
        out.println("waiting for IPFS to become available...");
      }
      if (!pause()) {
        return false;
      }
    }
    return there.getAsBoolean();
  }

  private static boolean pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
