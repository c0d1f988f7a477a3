package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** The CRDT of a peer that is not running, for those who look after it. */
public final class OfflineState {
  private static final int SHORT_CID = 4;

  private final Datastore store;
  private final Replica replica;

  /**
   * @param store not closed by this
   */
  public OfflineState(Datastore store) {
    this.store = store;
    replica = new Replica(store);
  }

  public PinState pins() {
    return new CrdtState(store);
  }

  /** Sets pins, in as few deltas as they fit into. */
  public void add(List<Pin> pins) {
    replica.commit(pins.stream().<PinChange>map(PinChange.Put::new).toList());
  }

  public Consensus.Heads heads() {
    return new Consensus.Heads(replica.heads(), replica.height(), replica.isDirty());
  }

  /** Has everything looked through when the peer starts the next time. */
  public void markDirty() {
    replica.markDamaged();
  }

  /** Leaves it at what is there: what could not be fetched is not looked for any more. */
  public void markClean() {
    replica.forgetDamage();
  }

  /**
   * Writes the DAG of deltas for graphviz, one block at a time: its height, the end of its CID, how
   * much it adds and removes, and what it links to.
   */
  public void writeDot(Appendable out) throws IOException {
    out.append("digraph CRDTDAG {\nsubgraph heads {\n");
    for (Cid head : replica.heads()) {
      out.append(head.toString()).append('\n');
    }
    out.append("}\n");
    byte[] prefix = CrdtKeys.blocks();
    try (Stream<Datastore.Entry> blocks = store.scan(prefix)) {
      for (Datastore.Entry entry : (Iterable<Datastore.Entry>) blocks::iterator) {
        writeBlock(CrdtKeys.after(prefix, entry.key()), entry.value(), out);
      }
    }
    out.append("}\n");
  }

  private static void writeBlock(String name, byte[] bytes, Appendable out) throws IOException {
    Cid cid = CrdtKeys.blockOf(name).orElse(null);
    if (cid == null) {
      return;
    }
    String text = cid.toString();
    try {
      DeltaBlock block = DeltaBlock.decode(cid, bytes);
      String links = String.join(" ", block.links().stream().map(Cid::toString).toList());
      out.append(
          "%s [label=\"%s | %s: +%d -%d\"]\n%s -> {%s}\n"
              .formatted(
                  text,
                  Long.toUnsignedString(block.delta().priority()),
                  text.substring(text.length() - SHORT_CID),
                  block.delta().elements().size(),
                  block.delta().tombstones().size(),
                  text,
                  links));
    } catch (FormatException e) {
      out.append("%s [label=\"damaged\"]\n".formatted(text));
    }
  }
}
