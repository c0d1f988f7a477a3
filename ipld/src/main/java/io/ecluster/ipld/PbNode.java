package io.ecluster.ipld;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dag-pb node. Its data is shared, not copied, and may be absent, which is not the same as empty.
 */
public record PbNode(List<PbLink> links, byte @Nullable [] data) {
  public PbNode {
    links = List.copyOf(links);
  }

  /** A node that has no data field. */
  public static PbNode withoutData(List<PbLink> links) {
    return new PbNode(links, null);
  }

  /** The UnixFS message in this node's data. */
  UnixFs unixFs() {
    return UnixFs.decode(data == null ? new byte[0] : data);
  }
}
