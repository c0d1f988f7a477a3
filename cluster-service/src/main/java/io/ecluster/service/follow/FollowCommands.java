package io.ecluster.service.follow;

import io.ecluster.client.ApiException;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.core.consensus.OfflineState;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.Datastore;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.RemoteConfig;
import io.ecluster.service.config.Settings;
import io.ecluster.service.daemon.Daemon;
import io.ecluster.service.daemon.IpfsProbe;
import io.ecluster.service.state.StateFolder;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What can be done with a follower. Each command gives the exit code. */
final class FollowCommands {
  static final int OK = 0;
  static final int FAILED = 1;
  static final String PROGRAM = "ipfs-cluster-follow";

  private static final Duration IPFS_PATIENCE = Duration.ofMinutes(2);

  private final Follower follower;
  private final PrintStream out;
  private final PrintStream err;

  FollowCommands(Follower follower, PrintStream out, PrintStream err) {
    this.follower = follower;
    this.out = out;
    this.err = err;
  }

  private boolean missing() {
    if (follower.initialised()) {
      return false;
    }
    out.printf(
        "%nThis cluster peer has not been initialized.%n%n"
            + "Try running \"%s %s init <config-url>\" first.%n%n",
        PROGRAM, follower.name());
    return true;
  }

  /** Makes a follower of the configuration at an address. */
  int init(String address, String gateway) {
    if (follower.initialised()) {
      err.println("Configuration for this cluster already exists.");
      err.printf("Please delete %s if you wish to re-initialize.%n", follower.path());
      return FAILED;
    }
    String source = source(address, gateway);
    Folder folder = follower.folder();
    folder.initialiseIdentity(follower.environment(), new SecureRandom());
    out.printf("Identity written to %s.%n", folder.resolve("identity.json"));
    folder.writeSettings(Json.writeIndented(Map.of("source", source), "  "));
    out.printf("Configuration written to %s.%n", folder.resolve("service.json"));
    out.printf("Cluster \"%s\" follower peer initialized.%n%n", follower.name());
    out.printf(
        "You can now use \"%s %s run\" to start a follower peer for this cluster.%n",
        PROGRAM, follower.name());
    out.println("(Remember to start your IPFS daemon before)");
    return OK;
  }

  private String source(String address, String gateway) {
    if (address.startsWith("http://") || address.startsWith("https://")) {
      return address;
    }
    out.printf(
        "%s will be assumed to be an DNSLink-powered address: /ipns/%s.%n"
            + "It will be resolved using the local IPFS daemon's gateway (%s).%n"
            + "If this is not the case, specify the full url starting with http:// or https://.%n"
            + "(You can override the gateway URL by setting IPFS_GATEWAY)%n%n",
        address, address, gateway);
    String scheme = gateway.contains("://") ? "" : "http://";
    return scheme + gateway + "/ipns/" + address;
  }

  /** Runs the follower; made first if an address is given and there is none yet. */
  int run(String initialise, String gateway) {
    if (!initialise.isEmpty() && follower.initialised()) {
      out.println("Configuration for this cluster already exists. Skipping initialization.");
      out.printf("If you wish to re-initialize, simply delete %s%n%n", follower.path());
    } else if (!initialise.isEmpty()) {
      init(initialise, gateway);
    }
    if (missing()) {
      return FAILED;
    }
    out.printf(
        "Starting the IPFS Cluster follower peer for \"%s\".%nCTRL-C to stop it.%n",
        follower.name());
    out.println("Checking if IPFS is online (will wait for 2 minutes)...");
    if (!IpfsProbe.await(this::ready, IPFS_PATIENCE, out)) {
      err.printf("timed out waiting for IPFS, or for the configuration at %s%n", follower.source());
      return FAILED;
    }
    Daemon.run(
        follower.folder(), follower.settings(), follower.fixedEnvironment(), List.of(), false);
    return OK;
  }

  /** The configuration may come by way of IPFS itself. */
  private boolean ready() {
    try {
      return IpfsProbe.online(follower.settings());
    } catch (RemoteConfig.Unreachable e) {
      return false;
    }
  }

  int info() {
    if (missing()) {
      return FAILED;
    }
    Settings settings;
    String source;
    try {
      settings = follower.settings();
      source = "Available (" + follower.source() + ")";
    } catch (RemoteConfig.Unreachable e) {
      settings = follower.localSettings();
      source = "failed retrieving configuration source (" + follower.source() + ")";
    }
    out.printf("Information about follower peer for Cluster \"%s\":%n%n", follower.name());
    out.printf("Config folder: %s%n", follower.path());
    out.printf("Config source URL: %s%n", source);
    out.printf("Cluster Peer online: %b%n", online());
    out.printf("IPFS peer online: %b%n", IpfsProbe.online(settings));
    return OK;
  }

  private boolean online() {
    try {
      follower.api().call("GET", "/version");
      return true;
    } catch (ApiException e) {
      return false;
    }
  }

  /** The pins: with their status if the peer runs, else as they are on disk. */
  int list() {
    if (missing()) {
      return FAILED;
    }
    try {
      follower.api().stream("GET", "/pins?local=true", this::printStatus);
      return OK;
    } catch (ApiException e) {
      if (e.code() != 0) {
        err.printf(
            "The Peer API seems to be running but returned with code %d: %s%n",
            e.code(), e.getMessage());
        return FAILED;
      }
    }
    listOffline();
    return OK;
  }

  private void printStatus(JsonObject pin) {
    JsonObject peers = pin.object("peer_map");
    for (String peer : peers.keys()) {
      JsonObject info = peers.object(peer);
      print(info.text("status"), pin.text("cid"), pin.text("name"), info.text("error"));
    }
  }

  private void listOffline() {
    try (Folder.Lock _ = follower.folder().lock();
        Datastore store = StateFolder.of(follower.folder(), follower.localSettings()).open();
        Stream<Pin> pins = new OfflineState(store).pins().list()) {
      pins.forEach(pin -> print("offline", pin.cid().toString(), pin.options().name(), ""));
    }
  }

  private void print(String status, String cid, String name, String error) {
    String shown = error.isEmpty() ? name : name + " (" + error + ")";
    out.printf("%-20s %s %s%n", status, cid, shown);
  }
}
