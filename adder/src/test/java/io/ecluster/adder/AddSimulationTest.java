package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of adds, some of which fail, and removals. After each step the pinset is that of
 * the roots that are there, disks hold just their blocks, and each root reads back.
 */
class AddSimulationTest {
  private static final int STEPS = 14;
  private static final int PEERS = 9;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensJustTheRootsAreThere(long seed) {
    try (AddCluster c = new AddCluster(PEERS)) {
      new History(c, seed).run();
    }
  }

  private static final class History {
    private final AddCluster c;
    private final long seed;
    private final Random random;
    private final Map<Cid, byte[]> there = new HashMap<>();
    private final List<byte[]> files = new ArrayList<>();
    private final List<String> log = new ArrayList<>();

    History(AddCluster c, long seed) {
      this.c = c;
      this.seed = seed;
      this.random = new Random(seed);
      for (int i = 0; i < 4; i++) {
        files.add(AddCluster.random(random.nextInt(900_000), random.nextLong()));
      }
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(6)) {
          case 0 -> remove();
          case 1 -> breakOff();
          case 2 -> addWithFailures();
          default -> add();
        }
        check();
      }
    }

    private TestPeer somePeer() {
      return c.peer(random.nextInt(PEERS));
    }

    private byte[] someFile() {
      return files.get(random.nextInt(files.size()));
    }

    private AddRequest someCode() {
      int parity = 1 + random.nextInt(3);
      return AddCluster.coded(
          new AddRequest.Coding(1 + random.nextInt(5), parity, AddCluster.SHARD, false));
    }

    private void add() {
      byte[] file = someFile();
      AddRequest request = someCode();
      log.add("add " + file.length + " bytes, " + request.coding());
      there.put(AddCluster.add(c.adder(somePeer()), request, file).root(), file);
    }

    private void addWithFailures() {
      byte[] file = someFile();
      TestPeer self = somePeer();
      Sabotage.Failure failure =
          random.nextBoolean()
              ? Sabotage.Failure.DISK_IS_FULL
              : Sabotage.Failure.DOES_NOT_GIVE_ITS_WORD;
      log.add("add " + file.length + " bytes, " + failure);
      Sabotage sabotage = new Sabotage(c, self.id(), failure, 1 + random.nextInt(2));
      Cid root =
          AddCluster.add(c.adder(self, sabotage), AddCluster.coded(AddCluster.CODE), file).root();
      there.put(root, file);
      sabotage.heal();
    }

    private void breakOff() {
      byte[] file = someFile();
      int place = random.nextInt(file.length + 1);
      log.add("add " + file.length + " bytes, broken off after " + place);
      AddRequest request = someCode();
      assertThatThrownBy(() ->
              AddCluster.add(
                  c.adder(c.peer(2)),
                  request,
                  List.of(UploadStream.brokenOff("film.mp4", file, place))))
          .isInstanceOf(UncheckedIOException.class);
    }

    private void remove() {
      there.keySet().stream()
          .sorted()
          .findFirst()
          .ifPresent(root -> {
            log.add("remove " + root);
            Pin gone = somePeer().cluster.unpin(root);
            there.remove(gone.cid());
          });
    }

    private void check() {
      try {
        c.assertNoGuardIsLeft();
        c.assertJustTheCodingsAreThere();
        assertThat(c.pins(PinType.META))
            .extracting(Pin::cid)
            .containsExactlyInAnyOrderElementsOf(there.keySet());
        there.forEach((root, file) -> {
          c.assertWhole(root);
          assertThat(c.read(root)).isEqualTo(file);
        });
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", after " + log, e);
      }
    }
  }
}
