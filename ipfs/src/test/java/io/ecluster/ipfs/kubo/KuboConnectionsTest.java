package io.ecluster.ipfs.kubo;

import static io.ecluster.ipfs.kubo.ScriptedKubo.chunk;
import static io.ecluster.ipfs.kubo.ScriptedKubo.chunkedHead;
import static io.ecluster.ipfs.kubo.ScriptedKubo.document;
import static io.ecluster.ipfs.kubo.ScriptedKubo.ok;
import static io.ecluster.ipfs.kubo.ScriptedKubo.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections are used again, are never lost to a call, and are few. */
@Timeout(60)
class KuboConnectionsTest {
  private static final Block BLOCK = TestDag.raw("hello");
  private static final String FOUND = "{\"Key\":\"" + BLOCK.cid() + "\",\"Size\":5}";
  private static final String NOT_FOUND =
      status(
          "500 Oh",
          "{\"Message\":\"block was not found locally (offline): ipld: could not find\"}");

  @Test
  void serveCallAfterCall() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    ScriptedKubo.Script script =
        (_, out) -> write(out, calls.incrementAndGet() % 2 == 0 ? NOT_FOUND : ok(FOUND));
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(script);
        KuboIpfsNode node = kubo.node()) {
      for (int i = 0; i < 20; i++) {
        assertThat(node.has(BLOCK.cid())).isEqualTo(i % 2 == 0);
      }
      assertThat(kubo.connections()).isLessThanOrEqualTo(2); // one may come back late
    }
  }

  private static boolean write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    return true;
  }

  @Test
  void mayBeUnixSockets(@TempDir Path folder) throws IOException {
    try (ScriptedKubo kubo = ScriptedKubo.onUnix(folder.resolve("api.sock"), document(FOUND));
        KuboIpfsNode node = kubo.node()) {
      assertThat(node.has(BLOCK.cid())).isTrue();
      assertThat(node.has(BLOCK.cid())).isTrue();
      assertThat(kubo.connections()).isLessThanOrEqualTo(2); // one may come back late
    }
  }

  /** Kubo closes a connection after an answer: no call may fail of it. */
  @Test
  void areMadeAnewWhenTheyWereClosedInBetween() throws IOException {
    ScriptedKubo.Script script =
        (_, out) -> {
          write(out, ok(FOUND));
          return false;
        };
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(script);
        KuboIpfsNode node = kubo.node()) {
      for (int i = 0; i < 50; i++) {
        assertThat(node.has(BLOCK.cid())).isTrue();
      }
    }
  }

  @Test
  void areWaitedForWhenAllAreInUse() throws Exception {
    int calls = 5 * KuboRpc.MAX_CONNECTIONS;
    CountDownLatch full = new CountDownLatch(KuboRpc.MAX_CONNECTIONS);
    ScriptedKubo.Script script =
        (_, out) -> {
          full.countDown();
          await(full);
          return write(out, ok(FOUND));
        };
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(script);
        KuboIpfsNode node = kubo.node(Duration.ofSeconds(30));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        all.add(threads.submit(() -> node.has(BLOCK.cid())));
      }
      for (Future<Boolean> one : all) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(kubo.connections()).isEqualTo(KuboRpc.MAX_CONNECTIONS);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void endWithACallThatIsInterrupted() throws Exception {
    interrupts("");
    interrupts(chunkedHead());
    interrupts(chunkedHead() + chunk("{\"Cid\":"));
  }

  private static void interrupts(String beginning) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    ScriptedKubo.Script script =
        (_, out) -> {
          write(out, beginning);
          asked.countDown();
          while (end.getCount() > 0) {
            write(out, beginning.isEmpty() ? "" : chunk(" "));
            pause(end);
          }
          return false;
        };
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(script);
        KuboIpfsNode node = kubo.node(Duration.ofSeconds(30))) {
      CountDownLatch ended = new CountDownLatch(1);
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                assertThatThrownBy(() -> node.pins(_ -> {}))
                    .isInstanceOf(IpfsException.class)
                    .hasMessageContaining("was interrupted");
                if (Thread.currentThread().isInterrupted()) {
                  ended.countDown();
                }
              });
      await(asked);
      caller.interrupt();
      assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
      if (!beginning.isEmpty()) {
        awaitThat(() -> kubo.open() == 0);
      }
      end.countDown();
    }
  }

  private static void pause(CountDownLatch end) {
    try {
      end.await(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitThat(BooleanSupplier condition) {
    Instant end = Instant.now().plusSeconds(20);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Who stops reading in the middle of a long list keeps nothing. */
  @Test
  void endWithAnAnswerThatIsNotReadToItsEnd() throws IOException {
    ScriptedKubo.Script script =
        (_, out) -> {
          write(out, chunkedHead());
          for (int i = 0; i < 1_000_000; i++) {
            write(out, chunk("{\"Cid\":\"" + BLOCK.cid() + "\",\"Type\":\"recursive\"}\n"));
          }
          return true;
        };
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(script);
        KuboIpfsNode node = kubo.node()) {
      for (int i = 0; i < KuboRpc.MAX_CONNECTIONS + 1; i++) {
        assertThatThrownBy(() ->
                node.pins(_ -> {
                  throw new IllegalStateException("enough");
                }))
            .hasMessage("enough");
      }
      awaitThat(() -> kubo.open() == 0);
    }
  }

  /** What Kubo says early is read early: else it would wait to say it, and we for it to read. */
  @Test
  void carryAnAnswerWhileTheBodyStillGoesUp() throws IOException {
    byte[] padding = new byte[1 << 20];
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      padding[0] = (byte) i;
      blocks.add(TestDag.raw(padding.clone()));
    }
    String filler = "x".repeat((4 << 20) - 100);
    ScriptedKubo.Early early =
        out -> {
          write(out, chunkedHead());
          write(out, chunk("{\"Filler\":\"" + filler + "\",\"Stats\":{\"BlockCount\":24}}\n"));
          write(out, "0\r\n\r\n");
        };
    try (ScriptedKubo kubo = ScriptedKubo.answeringEarly(early);
        KuboIpfsNode node = kubo.node(Duration.ofSeconds(30))) {
      node.put(blocks);
      awaitThat(() -> !kubo.asked.isEmpty()); // the script reads the body after it has answered
      assertThat(kubo.asked.getFirst().body()).hasSizeGreaterThan(24 << 20);
    }
  }

  /** It need not have read the whole body to know that it cannot. */
  @Test
  void carryARefusalWhileTheBodyStillGoesUp() throws IOException {
    ScriptedKubo.Early early =
        out -> write(out, status("500 Oh", "{\"Message\":\"no space left on device\"}"));
    try (ScriptedKubo kubo = ScriptedKubo.answeringEarly(early);
        KuboIpfsNode node = kubo.node(Duration.ofSeconds(30))) {
      List<Block> blocks = List.of(TestDag.raw(new byte[2 << 20]), TestDag.raw(new byte[1 << 20]));
      assertThatThrownBy(() -> node.put(blocks))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("no space left on device");
    }
  }
}
