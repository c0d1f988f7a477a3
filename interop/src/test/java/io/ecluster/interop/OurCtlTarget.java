package io.ecluster.interop;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Our daemon. */
final class OurCtlTarget
    implements CtlTarget, BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final KuboPeers peers = new KuboPeers(1);

  @Override
  public String host() {
    return peers.get(0).apiAddress();
  }

  @Override
  public KuboProcess kubo() {
    return peers.kubo(0);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    peers.beforeAll(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    peers.afterEach(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    peers.afterAll(context);
  }
}
