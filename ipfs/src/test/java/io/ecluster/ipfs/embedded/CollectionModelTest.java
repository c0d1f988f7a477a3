package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsNode.AddGuard;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random puts, pins, guards, losses and collections over random DAGs that share blocks, done to the
 * real node and to the simple fake: they keep and remove the same blocks.
 */
class CollectionModelTest {
  private static final int STEPS = 150;
  private static final int BLOCKS = 40;

  @TempDir Path folder;

  static Stream<Long> seeds() {
    return Stream.concat(
        Stream.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L), Stream.of(new Random().nextLong()));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsWhatTheModelKeeps(long seed) {
    Random random = new Random(seed);
    List<Block> blocks = randomDags(random);
    FakeIpfsNode model = new FakeIpfsNode();
    try (EmbeddedIpfsNode node = open()) {
      Twins twins = new Twins(model, node, folder.resolve("blocks"), random, blocks);
      for (int i = 0; i < STEPS; i++) {
        twins.step();
        assertThat(twins.stored(node)).as("step %d", i).isEqualTo(twins.stored(model));
      }
      twins.collect();
    }
  }

  private EmbeddedIpfsNode open() {
    return EmbeddedIpfsNode.offline(folder, EmbeddedIpfsSettings.defaults(), new StubSwarm());
  }

  /** Leaves, and nodes of both codecs that link blocks made before them. */
  private static List<Block> randomDags(Random random) {
    List<Block> blocks = new ArrayList<>(List.of(TestDag.raw("leaf " + random.nextInt())));
    while (blocks.size() < BLOCKS) {
      List<Block> children = some(random, blocks, 4);
      blocks.add(
          switch (random.nextInt(4)) {
            case 0 -> TestDag.node(children.toArray(Block[]::new));
            case 1 -> TestDag.shard("shard " + random.nextInt(), children);
            default -> TestDag.raw("leaf " + random.nextInt());
          });
    }
    return blocks;
  }

  private static <T> List<T> some(Random random, List<T> from, int most) {
    return random.ints(random.nextInt(most + 1), 0, from.size()).mapToObj(from::get).toList();
  }

  /** Does the same to both nodes. */
  private static final class Twins {
    private final FakeIpfsNode model;
    private final IpfsNode node;
    private final Path blockFolder;
    private final Random random;
    private final List<Block> blocks;
    private final Deque<List<AddGuard>> guards = new ArrayDeque<>();

    Twins(FakeIpfsNode model, IpfsNode node, Path blockFolder, Random random, List<Block> blocks) {
      this.model = model;
      this.node = node;
      this.blockFolder = blockFolder;
      this.random = random;
      this.blocks = blocks;
    }

    void step() {
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> put(some(random, blocks, 12));
        case 3 -> pin(any().cid(), PinMode.RECURSIVE);
        case 4 -> pin(random.nextBoolean() ? any().cid() : any().cid().rawAlias(), PinMode.DIRECT);
        case 5 -> unpin(any().cid());
        case 6 -> toggleGuard();
        case 7 -> lose(any());
        default -> collect();
      }
    }

    private Block any() {
      return blocks.get(random.nextInt(blocks.size()));
    }

    private void put(Collection<Block> some) {
      both(twin -> twin.put(some));
    }

    private void pin(Cid cid, PinMode mode) {
      assertThat(pins(node, cid, mode)).as("pin %s", cid).isEqualTo(pins(model, cid, mode));
    }

    private static boolean pins(IpfsNode twin, Cid cid, PinMode mode) {
      try {
        twin.pin(cid, mode, List.of());
        return true;
      } catch (IpfsException missing) {
        return false;
      }
    }

    private void unpin(Cid cid) {
      both(twin -> twin.unpin(cid));
    }

    private void toggleGuard() {
      if (guards.size() > 1 || (guards.size() == 1 && random.nextBoolean())) {
        guards.removeFirst().forEach(AddGuard::close);
      } else {
        guards.addLast(List.of(model.guard(), node.guard()));
      }
    }

    private void lose(Block block) {
      model.lose(block.cid());
      BlockNames.Name name = BlockNames.of(block.cid().hash());
      try {
        Files.deleteIfExists(blockFolder.resolve(name.folder()).resolve(name.file()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void collect() {
      assertThat(collected(node)).isEqualTo(collected(model));
    }

    /** Nothing if the collection was refused because a node is lost. */
    private static Optional<Set<Cid>> collected(IpfsNode twin) {
      Set<Cid> removed = new TreeSet<>();
      try {
        twin.gc(removed::add);
        return Optional.of(removed);
      } catch (IpfsException lost) {
        assertThat(removed).isEmpty();
        return Optional.empty();
      }
    }

    List<Boolean> stored(IpfsNode twin) {
      return blocks.stream().map(block -> twin.getLocal(block.cid()).isPresent()).toList();
    }

    private void both(Consumer<IpfsNode> action) {
      action.accept(model);
      action.accept(node);
    }
  }
}
