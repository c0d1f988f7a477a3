package io.ecluster.interop;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Both command lines against our daemon. */
@NeedsKubo
@NeedsGoCluster
class CtlsOnOurPeerTest extends CtlsCompared {
  @RegisterExtension static final OurCtlTarget TARGET = new OurCtlTarget();

  @Override
  CtlTarget target() {
    return TARGET;
  }
}
