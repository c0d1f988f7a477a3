package io.ecluster.interop;

import java.util.List;
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

  @Override
  List<String> leftOut() {
    return List.of("health bandwidth");
  }
}
