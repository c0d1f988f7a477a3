package io.ecluster.interop;

import org.junit.jupiter.api.extension.Extension;

/** A daemon for command lines, alone in its cluster, with a real Kubo. */
interface CtlTarget extends Extension {
  /** The address of its API. */
  String host();

  KuboProcess kubo();
}
