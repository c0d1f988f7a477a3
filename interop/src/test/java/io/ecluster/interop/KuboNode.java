package io.ecluster.interop;

import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Kubo daemon in a private network and the adapter to it, for all tests of a class. */
final class KuboNode implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  static final String SWARM_KEY = "0123456789abcdef".repeat(4);

  private @Nullable Path folder;
  private @Nullable KuboProcess process;
  private @Nullable KuboIpfsNode node;

  KuboProcess process() {
    return Objects.requireNonNull(process, "not started");
  }

  KuboIpfsNode node() {
    return Objects.requireNonNull(node, "not started");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Path made = Files.createTempDirectory("kubo-node");
    folder = made;
    process = KuboProcess.started(made.resolve("kubo"), Optional.of(SWARM_KEY));
    node = KuboIpfsNode.open(KuboSettings.at(process().api()));
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!process().alive()) {
      process().start();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (node != null) {
      node.close();
    }
    if (process != null) {
      process.close();
    }
    if (folder != null) {
      Folders.delete(folder);
    }
  }
}
