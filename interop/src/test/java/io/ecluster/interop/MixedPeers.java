package io.ecluster.interop;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A cluster of Go peers and ours for all tests of a class; the first Go peer is there first. */
final class MixedPeers implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final int goCount;
  private final int ourCount;
  private final List<String> storageMax;
  private @Nullable MixedCluster cluster;

  MixedPeers(int goCount, int ourCount) {
    this(goCount, ourCount, Collections.nCopies(goCount + ourCount, MixedCluster.STORAGE_MAX));
  }

  /**
   * @param storageMax of the Kubo of each, Go's first
   */
  MixedPeers(int goCount, int ourCount, List<String> storageMax) {
    this.goCount = goCount;
    this.ourCount = ourCount;
    this.storageMax = storageMax;
  }

  MixedCluster cluster() {
    return Objects.requireNonNull(cluster, "not started");
  }

  List<MixedPeer> all() {
    return cluster().peers();
  }

  MixedPeer go(int index) {
    return all().get(index);
  }

  MixedPeer ours(int index) {
    return all().get(goCount + index);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    MixedCluster made =
        new MixedCluster(Collections.nCopies(storageMax.size(), Place.LOOPBACK), storageMax);
    cluster = made;
    IntStream.range(0, goCount).forEach(i -> made.go("go" + i, Map.of()));
    IntStream.range(0, ourCount).forEach(i -> made.ours("ours" + i, Map.of()));
    try {
      made.start();
    } catch (RuntimeException | AssertionError e) {
      System.err.println(made.logs());
      made.close();
      throw e;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed. The ends of the logs:");
      System.err.println(cluster().logs());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (cluster != null) {
      cluster.close();
    }
  }
}
