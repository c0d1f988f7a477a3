package io.ecluster.interop;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Both command lines against the Go daemon. */
@NeedsKubo
@NeedsGoCluster
class CtlsOnGoPeerTest extends CtlsCompared {
  @RegisterExtension static final GoCtlTarget TARGET = new GoCtlTarget();

  @Override
  CtlTarget target() {
    return TARGET;
  }
}
