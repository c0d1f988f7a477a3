package io.ecluster.bench;

import com.sun.management.OperatingSystemMXBean;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast bytes go from one host to another over loopback, both in this process. Arguments:
 * seconds a round (3), rounds (4).
 */
public final class TransportBench {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int WRITE_BYTES = 1024 * 1024;

  private TransportBench() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    for (int round = 0; round < rounds; round++) {
      for (boolean isPrivate : new boolean[] {false, true}) {
        for (int streams : new int[] {1, 4}) {
          measure(isPrivate, streams, seconds);
        }
        calls(isPrivate, seconds);
      }
    }
  }

  private static Libp2pHost host(boolean isPrivate) throws IOException {
    HostConfig config =
        HostConfig.of(Identity.generate(new SecureRandom()))
            .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    Libp2pHost host =
        Libp2pHost.create(isPrivate ? config.withSecret(new PreSharedKey(new byte[32])) : config);
    host.handle(
        "/sink",
        stream -> {
          stream.input().transferTo(OutputStream.nullOutputStream());
          stream.output().write(1);
        });
    host.handle("/echo", stream -> stream.input().transferTo(stream.output()));
    host.start();
    return host;
  }

  private static void measure(boolean isPrivate, int streams, int seconds) throws Exception {
    try (Libp2pHost from = host(isPrivate);
        Libp2pHost to = host(isPrivate)) {
      from.connect(to.id(), to.addresses(), TIMEOUT);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      long end = start + seconds * 1_000_000_000L;
      long[] sent = new long[streams];
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        int index = i;
        threads.add(Thread.ofVirtual().start(() -> sent[index] = send(from, to, end)));
      }
      long all = 0;
      for (int i = 0; i < streams; i++) {
        threads.get(i).join();
        all += sent[i];
      }
      double rate = all * 1e3 / (System.nanoTime() - start);
      double perByte = (cpuNanos() - cpu) / (double) all;
      System.out.printf(
          "secret=%b streams=%d %.0f MB/s, %.2f ns of processor a byte%n",
          isPrivate, streams, rate, perByte);
    }
  }

  /** What this process has used: unlike the clock it does not count what others run. */
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static long send(Libp2pHost from, Libp2pHost to, long end) {
    byte[] bytes = new byte[WRITE_BYTES];
    long sent = 0;
    try (Stream stream = from.open(to.id(), List.of("/sink"), TIMEOUT)) {
      while (System.nanoTime() < end) {
        stream.output().write(bytes);
        sent += bytes.length;
      }
      stream.closeWrite();
      if (stream.input().read() != 1) {
        throw new IOException("sink did not confirm");
      }
      return sent;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One small request after another, each on a stream of its own. */
  private static void calls(boolean isPrivate, int seconds) throws Exception {
    try (Libp2pHost from = host(isPrivate);
        Libp2pHost to = host(isPrivate)) {
      from.connect(to.id(), to.addresses(), TIMEOUT);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      int calls = 0;
      while (System.nanoTime() - start < seconds * 1_000_000_000L) {
        try (Stream stream = from.open(to.id(), List.of("/echo"), TIMEOUT)) {
          stream.output().write(new byte[100]);
          stream.closeWrite();
          calls += stream.input().readAllBytes().length / 100;
        }
      }
      double rate = calls * 1e9 / (System.nanoTime() - start);
      double perCall = (cpuNanos() - cpu) / 1e3 / calls;
      System.out.printf(
          "secret=%b calls %.0f/s, %.0f µs of processor each%n", isPrivate, rate, perCall);
    }
  }
}
