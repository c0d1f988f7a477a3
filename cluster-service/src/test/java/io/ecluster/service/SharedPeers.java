package io.ecluster.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster for all tests of a class. Before each test those peers are started again that the one
 * before killed; when a test fails, the ends of the logs are printed; after the last one all are
 * killed.
 */
final class SharedPeers
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final int LOG_LINES = 40;

  private final int count;
  private final Map<String, String> environment;
  private final Map<Integer, Map<String, String>> special;
  private @Nullable PeerProcesses peers;
  private @Nullable Path folder;

  /**
   * @param special settings of some peers, by number
   */
  SharedPeers(
      int count, Map<String, String> environment, Map<Integer, Map<String, String>> special) {
    this.count = count;
    this.environment = environment;
    this.special = special;
  }

  PeerProcesses peers() {
    return Objects.requireNonNull(peers, "not started");
  }

  PeerProcess get(int index) {
    return peers().get(index);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    folder = Files.createTempDirectory("peers");
    peers = new PeerProcesses(folder, environment);
    try {
      peers.start(count, special);
    } catch (Exception | AssertionError e) {
      System.err.println(peers.logTails(LOG_LINES));
      throw e;
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    peers().startDead();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed. The ends of the logs:");
      System.err.println(peers().logTails(LOG_LINES));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (peers != null) {
      peers.close();
      for (PeerProcess peer : peers.all()) {
        peer.kill(); // waits, so that nobody writes while the folder is deleted
      }
    }
    if (folder != null) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).forEach(SharedPeers::delete);
      }
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
