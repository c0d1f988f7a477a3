package io.ecluster.interop;

import org.junit.jupiter.api.extension.RegisterExtension;

/** The Go command line drives our daemon. */
@NeedsKubo
@NeedsGoCluster
class GoCtlOnOurPeerTest extends CtlScenarios {
  @RegisterExtension static final OurCtlTarget TARGET = new OurCtlTarget();

  @Override
  CtlProgram program() {
    return CtlProgram.GO;
  }

  @Override
  CtlTarget target() {
    return TARGET;
  }
}
