package io.ecluster.ipfs.kubo;

import static io.ecluster.ipfs.kubo.ScriptedKubo.chunk;
import static io.ecluster.ipfs.kubo.ScriptedKubo.chunked;
import static io.ecluster.ipfs.kubo.ScriptedKubo.chunkedHead;
import static io.ecluster.ipfs.kubo.ScriptedKubo.ok;
import static io.ecluster.ipfs.kubo.ScriptedKubo.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes in place of an answer: an IpfsException with one sentence, in bounded time. */
@Timeout(60)
class KuboFailuresTest {
  private static final Block BLOCK = TestDag.raw("hello");
  private static final String SECRET = "Bearer tell-nobody";

  static List<Arguments> answersToId() {
    return List.of(
        Arguments.of("", "broke off: the connection was closed"),
        Arguments.of("HTTP/1.1 200", "/ip4/127.0.0.1/tcp/"),
        Arguments.of("HTTP/1.1 200 OK\r\nContent-", "/ip4/127.0.0.1/tcp/"),
        Arguments.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"ID\"", "the connection was closed"),
        Arguments.of(chunkedHead() + chunk("{\"ID\":\"x\"") + "5\r\n{", "connection was closed"),
        Arguments.of(chunkedHead() + chunk("{}\n"), "the connection was closed"),
        Arguments.of(chunked("", "out of luck"), "Kubo answers id with an error: out of luck"),
        Arguments.of(chunked("{}", "out of luck"), "Kubo answers id with an error: out of luck"),
        Arguments.of(
            status("500 Oh", "{\"Message\":\"disk full\",\"Code\":0,\"Type\":\"error\"}"),
            "Kubo answers id with an error: disk full"),
        Arguments.of(status("500 Oh", "{\"Code\":0}"), "id with HTTP 500: {\"Code\":0}"),
        Arguments.of(status("500 Oh", ""), "answers id with HTTP 500"),
        Arguments.of(status("400 Bad", "argument\n\"x\" is"), "HTTP 400: argument \"x\" is"),
        Arguments.of(status("502 Bad", "<html>" + "x".repeat(99_999)), "with HTTP 502: <html>xx"),
        Arguments.of(status("401 No", ""), "(HTTP 401): set ipfshttp.api_auth"),
        Arguments.of(status("403 No", "Forbidden"), "(HTTP 403): set ipfshttp.api_auth"),
        Arguments.of(status("404 No", "404 page"), "id is not known at /ip4/127.0.0.1"),
        Arguments.of(status("405 No", ""), "is it the RPC API of Kubo?"),
        Arguments.of(
            "HTTP/1.1 301 M\r\nLocation: http://other/\r\nContent-Length: 0\r\n\r\n",
            "(HTTP 301): is it the RPC API of Kubo?"),
        Arguments.of(ok(""), "id was answered with nothing"),
        Arguments.of(ok("hello"), "no JSON object: is it Kubo?"),
        Arguments.of(ok("[]"), "no JSON object: is it Kubo?"),
        Arguments.of(ok("[".repeat(100_000)), "no JSON object: is it Kubo?"),
        Arguments.of(ok("{}\n{}"), "more than one document"),
        Arguments.of(ok("{}"), "Kubo's answer to id is malformed"),
        Arguments.of(ok("{\"ID\":\"nobody\"}"), "Kubo's answer to id is malformed"),
        Arguments.of(ok("{\"ID\":[{}]}"), "Kubo's answer to id is malformed"),
        Arguments.of("SSH-2.0-OpenSSH_9.6\r\n", "does not answer id as HTTP says"),
        Arguments.of("HTTP/1.1 abc\r\n\r\n", "does not answer id as HTTP says"),
        Arguments.of(chunkedHead() + "zz\r\n", "id at Kubo, /ip4/127.0.0.1"));
  }

  @ParameterizedTest
  @MethodSource("answersToId")
  void isOneSentenceThatSaysWhatIsWrong(String answer, String sentence) throws IOException {
    try (ScriptedKubo kubo = ScriptedKubo.saying(answer);
        KuboIpfsNode node = kubo.node()) {
      assertThatThrownBy(node::id)
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining(sentence)
          .satisfies(
              e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\n", "@"));
    }
  }

  @Test
  void tellsThatNobodyListens() throws IOException {
    ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = free.getLocalPort();
    free.close();
    cannotBeReached("/ip4/127.0.0.1/tcp/" + port);
  }

  @Test
  void tellsThatAHostIsNotKnown() {
    cannotBeReached("/dns4/no-such-host.invalid/tcp/5001");
  }

  @Test
  void tellsThatThereIsNoSocket(@TempDir Path folder) {
    try (KuboIpfsNode node = open("/unix" + folder.resolve("none.sock"))) {
      assertThatThrownBy(node::id).isInstanceOf(IpfsException.class).hasMessageContaining("none");
    }
  }

  private static void cannotBeReached(String address) {
    try (KuboIpfsNode node = open(address)) {
      assertThatThrownBy(node::id)
          .isInstanceOf(IpfsException.class)
          .hasMessageStartingWith("Kubo at " + address + " cannot be reached: ")
          .hasMessageEndingWith("; is its daemon running?");
    }
  }

  private static KuboIpfsNode open(String address) {
    return KuboIpfsNode.open(KuboSettings.at(Multiaddr.parse(address)));
  }

  static List<String> beginnings() {
    return List.of(
        "",
        "HTTP/1.1 200 OK\r\nConte",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        chunkedHead() + chunk("{"));
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void tellsThatKuboFellSilent(String beginning) throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedKubo kubo = ScriptedKubo.onTcp((_, out) -> silentAfter(beginning, out, end));
        KuboIpfsNode node = kubo.node(Duration.ofMillis(300))) {
      assertThatThrownBy(node::id).hasMessageContaining("has not answered id within 0.3 s");
      assertThatThrownBy(() -> node.pin(BLOCK.cid(), PinMode.DIRECT, List.of()))
          .hasMessageContaining("has not answered pin/add within 0.8 s");
      end.countDown();
    }
  }

  private static boolean silentAfter(String beginning, java.io.OutputStream out, CountDownLatch end)
      throws IOException {
    out.write(beginning.getBytes(StandardCharsets.UTF_8));
    return await(end);
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each byte comes in time, all of them do not. */
  @Test
  void doesNotWaitForADrip() throws IOException {
    try (ScriptedKubo kubo =
            ScriptedKubo.onTcp((_, out) -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"
                      .getBytes(StandardCharsets.UTF_8));
              CountDownLatch never = new CountDownLatch(1);
              for (int i = 0; i < 600; i++) {
                out.write('x');
                pause(never);
              }
              return false;
            });
        KuboIpfsNode node = kubo.node(Duration.ofMillis(500))) {
      assertThatThrownBy(() -> node.getLocal(BLOCK.cid()))
          .hasMessageContaining("has not answered block/get within 0.5 s");
    }
  }

  private static void pause(CountDownLatch never) {
    try {
      assertThat(never.await(50, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Arguments> floods() {
    return List.of(
        Arguments.of("HTTP/1.1 200 OK\r\nX: ", ""),
        Arguments.of("HTTP/1.1 200 OK\r\n\r\n", "more than"),
        Arguments.of("HTTP/1.1 500 No\r\n\r\n", "HTTP 500"));
  }

  @ParameterizedTest
  @MethodSource("floods")
  void endsAnEndlessAnswer(String head, String sentence) throws IOException {
    try (ScriptedKubo kubo = ScriptedKubo.onTcp((_, out) -> flood(head, out));
        KuboIpfsNode node = kubo.node(Duration.ofSeconds(20))) {
      assertThatThrownBy(() -> node.getLocal(BLOCK.cid()))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining(sentence);
      assertThatThrownBy(() -> node.pins(_ -> {}))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining(sentence);
    }
  }

  private static boolean flood(String head, java.io.OutputStream out) throws IOException {
    out.write(head.getBytes(StandardCharsets.UTF_8));
    byte[] much = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < (1 << 30) / much.length; i++) {
      out.write(much);
    }
    return false;
  }

  @Test
  void neverTellsCredentials() throws IOException {
    try (ScriptedKubo kubo = ScriptedKubo.saying(status("403 No", "no"))) {
      KuboSettings settings = KuboSettings.at(kubo.address()).withAuthorization(SECRET);
      assertThat(settings.toString()).doesNotContain("tell-nobody");
      try (KuboIpfsNode node = KuboIpfsNode.open(settings)) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        assertThatThrownBy(node::id).satisfies(failure::set);
        for (Throwable e = failure.get(); e != null; e = e.getCause()) {
          assertThat(e.toString()).doesNotContain("tell-nobody");
        }
        assertThat(kubo.asked.getFirst().headers()).contains("Authorization: " + SECRET);
      }
    }
  }

  @Test
  void holdsAgainstRandomDamage() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String good =
        chunked("{\"Keys\":{\"" + BLOCK.cid() + "\":{\"Type\":\"recursive\"}}}", "an error");
    AtomicReference<byte[]> next = new AtomicReference<>(new byte[0]);
    try (ScriptedKubo kubo =
            ScriptedKubo.onTcp((_, out) -> {
              out.write(next.get());
              return false;
            });
        KuboIpfsNode node = kubo.node(Duration.ofSeconds(5))) {
      for (int round = 0; round < 300; round++) {
        next.set(damaged(good, random));
        tryAll(node, seed + " round " + round);
      }
    }
  }

  private static byte[] damaged(String good, Random random) {
    byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  private static void tryAll(KuboIpfsNode node, String seed) {
    List<Runnable> calls =
        List.of(
            () -> node.pinned(BLOCK.cid()),
            () -> node.pins(_ -> {}),
            () -> node.getLocal(BLOCK.cid()),
            () -> node.put(List.of(BLOCK)),
            () -> node.gc(_ -> {}));
    for (Runnable call : calls) {
      try {
        call.run();
      } catch (IpfsException e) {
        assertThat(e.getMessage()).as("seed %s", seed).isNotBlank();
      }
    }
  }
}
