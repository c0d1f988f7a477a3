package io.ecluster.service.daemon;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGINT, SIGTERM and SIGHUP stop the peer in good order. A second one is answered with patience; a
 * third ends the process at once.
 *
 * <p>The JDK has nothing to receive signals with but {@code sun.misc.Signal}, which the compiler
 * warns of wherever it is named; so it is called by reflection.
 */
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  /** A stop that takes longer has got stuck. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicInteger count = new AtomicInteger();

  private StopSignals() {}

  static StopSignals listen() {
    StopSignals signals = new StopSignals();
    try {
      for (String name : NAMES) {
        handle(name, signals::received);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("signals cannot be received", e);
    }
    return signals;
  }

  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    InvocationHandler run =
        (_, method, _) -> {
          if (method.getName().equals("handle")) {
            action.run();
          }
          return null;
        };
    Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run);
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
  }

  /** Waits for the first signal. */
  void await() throws InterruptedException {
    stop.await();
  }

  private void received() {
    switch (count.incrementAndGet()) {
      case 1 -> {
        stop.countDown();
        Thread.ofPlatform().daemon().name("stop-patience").start(StopSignals::endIfStuck);
      }
      case 2 ->
          LOG.warn(
              "the peer is stopping already and finishes what it has begun; one more signal ends it"
                  + " at once, and what is not written is lost");
      default -> Runtime.getRuntime().halt(1);
    }
  }

  private static void endIfStuck() {
    try {
      TimeUnit.NANOSECONDS.sleep(PATIENCE.toNanos());
      LOG.error("the peer did not stop within {} s; it is ended", PATIENCE.toSeconds());
      Runtime.getRuntime().halt(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
