package io.ecluster.libp2p.mux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.net.MemoryWire;
import io.ecluster.libp2p.net.WireFrames;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two sessions over memory. */
@Timeout(60)
class YamuxSessionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final BlockingQueue<YamuxStream> inbound = new LinkedBlockingQueue<>();
  private final CompletableFuture<IOException> dialerEnd = new CompletableFuture<>();
  private final CompletableFuture<IOException> listenerEnd = new CompletableFuture<>();
  private final List<MemoryWire> wires = MemoryWire.pair();
  private final YamuxSession dialer =
      new YamuxSession(
          new WireFrames(wires.get(0)),
          true,
          MuxSettings.STANDARD,
          inbound::add,
          dialerEnd::complete);
  private final YamuxSession listener =
      new YamuxSession(
          new WireFrames(wires.get(1)),
          false,
          MuxSettings.STANDARD,
          inbound::add,
          listenerEnd::complete);

  @BeforeEach
  void start() {
    dialer.start("dialer");
    listener.start("listener");
  }

  @AfterEach
  void close() {
    dialer.close();
    listener.close();
  }

  private interface Task<T> {
    T run() throws Exception;
  }

  private static <T> Future<T> async(Task<T> task) {
    FutureTask<T> future = new FutureTask<>(task::run);
    Thread.ofVirtual().start(future);
    return future;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private YamuxStream accepted() throws InterruptedException {
    YamuxStream stream = inbound.poll(20, TimeUnit.SECONDS);
    assertThat(stream).isNotNull();
    return stream;
  }

  private static byte[] random(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void eachSideMayHalfCloseFirst() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write("question".getBytes(UTF_8));
    near.closeWrite();
    YamuxStream far = accepted();
    assertThat(far.input().readAllBytes()).asString().isEqualTo("question");
    far.output().write("answer".getBytes(UTF_8));
    far.closeWrite();
    assertThat(near.input().readAllBytes()).asString().isEqualTo("answer");
    assertThatThrownBy(() -> near.output().write(1)).hasMessageContaining("closed for writing");
    listener.ping(TIMEOUT);
    assertThat(dialer.streamCount()).isZero();
    assertThat(listener.streamCount()).isZero();
  }

  @Test
  void aResetReachesReaderAndWriterOfTheOtherSide() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write(1);
    YamuxStream far = accepted();
    near.reset();
    assertThatThrownBy(() -> far.input().readAllBytes())
        .isInstanceOf(StreamResetException.class)
        .hasMessageContaining("by the remote");
    assertThatThrownBy(() -> far.output().write(1)).isInstanceOf(StreamResetException.class);
    assertThatThrownBy(() -> near.input().read()).isInstanceOf(StreamResetException.class);
  }

  @Test
  void aSlowReaderStopsItsWriterAndNobodyElse() throws Exception {
    YamuxStream slow = dialer.open(TIMEOUT);
    byte[] data = random(1, 2_000_000);
    Future<?> writing =
        async(() -> {
          slow.output().write(data);
          slow.closeWrite();
          return true;
        });
    YamuxStream slowFar = accepted();
    YamuxStream quick = dialer.open(TIMEOUT);
    Future<?> echo = async(() -> echo(accepted()));
    quick.output().write(data, 0, 100_000);
    quick.closeWrite();
    assertThat(quick.input().readAllBytes()).isEqualTo(Arrays.copyOf(data, 100_000));
    get(echo);
    assertThatThrownBy(() -> writing.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(slowFar.input().available()).isLessThanOrEqualTo(MuxSettings.INITIAL_WINDOW_BYTES);
    assertThat(slowFar.input().readAllBytes()).isEqualTo(data);
    get(writing);
  }

  private static boolean echo(YamuxStream stream) throws IOException {
    stream.input().transferTo(stream.output());
    stream.closeWrite();
    return true;
  }

  @Test
  void aWriterWithoutWindowEndsWhenItsStreamIsReset() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    Future<?> writing =
        async(() -> {
          near.output().write(new byte[1_000_000]);
          return true;
        });
    accepted().reset();
    assertThatThrownBy(() -> get(writing)).hasRootCauseInstanceOf(StreamResetException.class);
  }

  @Test
  void manyStreamsCarryRandomPiecesBothWaysAtOnce() throws Exception {
    long seed = 99;
    List<Future<Boolean>> tasks = new ArrayList<>();
    int streams = 40;
    for (int i = 0; i < streams; i++) {
      long own = seed + i;
      YamuxSession from = i % 2 == 0 ? dialer : listener;
      tasks.add(async(() -> sendAndCompare(from.open(TIMEOUT), own)));
      tasks.add(async(() -> echo(accepted())));
    }
    for (Future<Boolean> task : tasks) {
      assertThat(get(task)).as("seed %d", seed).isTrue();
    }
  }

  private static boolean sendAndCompare(YamuxStream stream, long seed) throws Exception {
    Random random = new Random(seed);
    byte[] data = random(seed, random.nextInt(1_000_000));
    Future<?> writing =
        async(() -> {
          for (int at = 0; at < data.length; ) {
            int part = Math.min(data.length - at, 1 + random.nextInt(150_000));
            stream.output().write(data, at, part);
            at += part;
          }
          stream.closeWrite();
          return true;
        });
    boolean same = Arrays.equals(stream.input().readAllBytes(), data);
    get(writing);
    return same;
  }

  @Test
  void whatCameBeforeTheConnectionClosedCanStillBeRead() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write("last words".getBytes(UTF_8));
    near.closeWrite();
    YamuxStream cut = dialer.open(TIMEOUT);
    cut.output().write("cut".getBytes(UTF_8));
    dialer.close();
    assertThat(accepted().input().readAllBytes()).asString().isEqualTo("last words");
    YamuxStream other = accepted();
    assertThat(other.input().readNBytes(3)).asString().isEqualTo("cut");
    assertThatThrownBy(() -> other.input().read()).hasMessageContaining("closed");
    assertThat(get(listenerEnd)).hasMessageContaining("by the remote");
    assertThatThrownBy(() -> listener.open(TIMEOUT)).isInstanceOf(YamuxException.class);
  }

  @Test
  void aReadTimesOut() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write(1);
    near.setReadTimeout(SHORT);
    assertThatThrownBy(() -> near.input().read()).isInstanceOf(SocketTimeoutException.class);
    accepted().output().write(7);
    near.setReadTimeout(TIMEOUT);
    assertThat(near.input().read()).isEqualTo(7);
  }

  @Test
  void aClosedStreamTakesTheRestOfWhatTheRemoteIsWriting() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write(1);
    YamuxStream far = accepted();
    near.close();
    far.output().write(new byte[1_000_000]);
    far.closeWrite();
    assertThat(far.input().readAllBytes()).hasSize(1);
    assertThatThrownBy(() -> near.input().read()).hasMessageContaining("closed");
  }

  @Test
  void aRemoteThatWritesForEverToAClosedStreamIsReset() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write(1);
    YamuxStream far = accepted();
    near.close();
    assertThatThrownBy(
            () -> {
              while (true) {
                far.output().write(new byte[100_000]);
              }
            })
        .isInstanceOf(StreamResetException.class);
  }

  @Test
  void windowsGrowWithTheTrafficAndShrinkWithTheStream() throws Exception {
    YamuxStream near = dialer.open(TIMEOUT);
    near.output().write(1);
    YamuxStream far = accepted();
    Future<?> reading =
        async(() -> {
          far.input().transferTo(OutputStream.nullOutputStream());
          return true;
        });
    near.output().write(new byte[20_000_000]);
    near.closeWrite();
    get(reading);
    far.closeWrite();
    int whole = MuxSettings.STANDARD.maxWindowBytes();
    assertThat(listener.growWindow(whole / 2)).isEqualTo(whole / 2);
    assertThat(listener.growWindow(whole)).isZero();
  }

  @Test
  void pingsMeasureTheRoundTrip() throws IOException {
    assertThat(dialer.ping(TIMEOUT)).isPositive().isLessThan(TIMEOUT);
  }
}
