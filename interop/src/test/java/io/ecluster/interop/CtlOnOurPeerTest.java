package io.ecluster.interop;

import org.junit.jupiter.api.extension.RegisterExtension;

/** Our command line drives our daemon. */
@NeedsKubo
class CtlOnOurPeerTest extends CtlScenarios {
  @RegisterExtension static final OurCtlTarget TARGET = new OurCtlTarget();

  @Override
  CtlProgram program() {
    return CtlProgram.OURS;
  }

  @Override
  CtlTarget target() {
    return TARGET;
  }
}
