package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipfs.TestDag;
import io.ecluster.multiformats.Cid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinStoreTest {
  @TempDir Path folder;

  private final Cid cid = TestDag.raw("pinned").cid();

  @Test
  void remembersPinsOverAReopen() {
    try (PinStore pins = new PinStore(folder, false)) {
      pins.put(cid, PinMode.RECURSIVE);
      pins.put(TestDag.node().cid(), PinMode.DIRECT);
    }
    try (PinStore pins = new PinStore(folder, false)) {
      assertThat(pins.get(cid)).contains(PinMode.RECURSIVE);
      assertThat(pins.get(TestDag.node().cid())).contains(PinMode.DIRECT);
    }
  }

  @Test
  void theLastModeAskedForIsTheOneKept() {
    try (PinStore pins = new PinStore(folder, true)) {
      pins.put(cid, PinMode.RECURSIVE);
      pins.put(cid, PinMode.DIRECT);
      assertThat(list(pins)).containsExactly(new PinnedCid(cid, PinMode.DIRECT));
      pins.remove(cid);
      pins.remove(cid);
      assertThat(pins.get(cid)).isEmpty();
    }
  }

  @Test
  void listsManyPinsPageByPage() {
    List<PinnedCid> all =
        IntStream.range(0, 2_500)
            .mapToObj(i -> new PinnedCid(TestDag.raw("p" + i).cid(), PinMode.RECURSIVE))
            .toList();
    try (PinStore pins = new PinStore(folder, false)) {
      all.forEach(pin -> pins.put(pin.cid(), pin.mode()));
      assertThat(list(pins)).containsExactlyInAnyOrderElementsOf(all);
    }
  }

  @Test
  void aListingMayChangeThePinsItIsToldOf() {
    try (PinStore pins = new PinStore(folder, false)) {
      pins.put(cid, PinMode.DIRECT);
      pins.forEach(pin -> pins.remove(pin.cid()));
      assertThat(list(pins)).isEmpty();
    }
  }

  @Test
  void keepsASecondProcessOut() {
    try (PinStore pins = new PinStore(folder, false)) {
      assertThat(list(pins)).isEmpty();
      assertThatThrownBy(() -> new PinStore(folder, false))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("is another daemon using them?");
    }
  }

  @Test
  void refusesUseAfterCloseInsteadOfCrashing() {
    PinStore pins = new PinStore(folder, false);
    pins.close();
    pins.close();
    assertThatThrownBy(() -> pins.get(cid))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("closed");
  }

  private static List<PinnedCid> list(PinStore pins) {
    List<PinnedCid> found = new ArrayList<>();
    pins.forEach(found::add);
    return found;
  }
}
