package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsNode.PinMode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Puts, pins, unpins and collects as {@link VictimWork} says, telling of each step on its standard
 * output when it is done, until somebody kills it.
 */
final class VictimProcess {
  private VictimProcess() {}

  public static void main(String[] arguments) {
    VictimWork work = new VictimWork(Long.parseLong(arguments[1]));
    PrintStream acknowledged =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    EmbeddedIpfsNode node =
        EmbeddedIpfsNode.offline(
            Path.of(arguments[0]), EmbeddedIpfsSettings.defaults(), new StubSwarm());
    node.guard();
    for (int step = 0; step < VictimWork.STEPS; step++) {
      run(node, work, step);
      acknowledged.println(step);
    }
  }

  private static void run(EmbeddedIpfsNode node, VictimWork work, int step) {
    switch (work.kind(step)) {
      case PUT -> node.put(work.blocks(step));
      case PIN -> {
        node.put(work.blocks(step));
        node.pin(work.root(step).cid(), PinMode.RECURSIVE, List.of());
      }
      case UNPIN -> node.unpin(work.root(work.unpinned(step)).cid());
      case COLLECT -> node.gc(_ -> {});
    }
  }
}
