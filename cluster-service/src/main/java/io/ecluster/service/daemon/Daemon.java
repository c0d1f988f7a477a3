package io.ecluster.service.daemon;

import io.ecluster.client.ApiVersion;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import io.ecluster.service.state.StateFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a peer in the foreground until a signal stops it. */
public final class Daemon {
  public static final String VERSION = ApiVersion.TEXT;
  static final String AGENT = "ecluster/0.1";

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private Daemon() {}

  /**
   * Runs until SIGINT, SIGTERM or SIGHUP.
   *
   * @param bootstrap addresses of peers to join
   * @param trust whether those peers are trusted
   * @throws ConfigException if the peer cannot start
   */
  public static void run(
      Folder folder, Map<String, String> environment, List<String> bootstrap, boolean trust) {
    run(folder, folder.settings(environment), environment, bootstrap, trust);
  }

  /**
   * Runs with these settings instead of those of the folder.
   *
   * @throws ConfigException if the peer cannot start
   */
  public static void run(
      Folder folder,
      Settings settings,
      Map<String, String> environment,
      List<String> bootstrap,
      boolean trust) {
    settings
        .unknownKeys()
        .forEach(key -> LOG.warn("service.json: {} is not a known setting; ignored", key));
    settings
        .unknownVariables()
        .forEach(name -> LOG.warn("variable {} is not for any setting; ignored", name));
    StateFolder.of(folder, settings).unreadable().forEach(Daemon::warnOfOtherRecords);
    List<Multiaddr> peers = bootstrap.stream().map(Daemon::bootstrapAddress).toList();
    StopSignals stop = StopSignals.listen();
    try (Folder.Lock _ = folder.lock();
        Node node = Node.start(folder, settings, folder.identity(environment), peers, trust)) {
      LOG.info("peer {} serves its API at {}", node.id(), node.apiAddresses());
      SystemdNotice.send(SystemdNotice.READY, environment);
      stop.await();
      LOG.info("stopping");
      SystemdNotice.send(SystemdNotice.STOPPING, environment);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void warnOfOtherRecords(Path folder) {
    LOG.warn(
        "the pinset that the Go program keeps in {} is not read: it comes from other peers, or by"
            + " 'state export' there and 'state import' here",
        folder);
  }

  private static Multiaddr bootstrapAddress(String text) {
    try {
      Multiaddr address = Multiaddr.parse(text);
      if (address.peerId().isPresent()) {
        return address;
      }
    } catch (FormatException e) {
      throw new ConfigException("--bootstrap: " + e.getMessage(), e);
    }
    throw new ConfigException("--bootstrap: " + text + " needs /p2p/ID at its end");
  }
}
