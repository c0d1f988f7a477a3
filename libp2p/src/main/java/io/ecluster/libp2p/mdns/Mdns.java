package io.ecluster.libp2p.mdns;

import io.ecluster.libp2p.Refusals;
import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds peers of one service on the local network, and lets them find us. What is found is a claim
 * of somebody on that network: only a connection shows whether it is true. One thread asks and
 * answers as {@link Schedule} says, one for each socket listens.
 */
public final class Mdns implements AutoCloseable {
  /** What peers of IPFS Cluster are called. */
  public static final String CLUSTER_SERVICE = "_ipfs-cluster-discovery._udp.local";

  private static final Logger log = LoggerFactory.getLogger(Mdns.class);
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LEAST_NAME = 32;
  private static final int MOST_NAME = DnsName.MAX_LABEL_BYTES;

  /** Gets each peer that is seen, again and again, on the thread that listens: must not block. */
  @FunctionalInterface
  public interface Found {
    /**
     * A peer says that it is here.
     *
     * @param addresses each ending in {@code /p2p/ID}
     */
    void found(PeerId peer, Collection<Multiaddr> addresses);
  }

  private final Service service;
  private final String instance;
  private final PeerId self;
  private final Supplier<List<Multiaddr>> addresses;
  private final Found found;
  private final InstantSource clock;
  private final List<MulticastPort> ports;
  private final Schedule schedule;
  private final AtomicLong packets = new AtomicLong();
  private final Refusals refused = new Refusals();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile Neighbours neighbours = new Neighbours(List.of());
  private volatile boolean closed;

  Mdns(
      String service,
      PeerId self,
      Supplier<List<Multiaddr>> addresses,
      Found found,
      InstantSource clock,
      Random random,
      List<MulticastPort> ports) {
    this.service = new Service(DnsName.of(service));
    this.self = self;
    this.addresses = addresses;
    this.found = found;
    this.clock = clock;
    this.ports = List.copyOf(ports);
    this.schedule = new Schedule(clock.instant(), random);
    this.instance = randomName(random);
  }

  /**
   * Begins, on all interfaces. Without any that can multicast nobody is found, which is logged.
   *
   * @param service such as {@link #CLUSTER_SERVICE}
   * @param addresses our own, each ending in {@code /p2p/ID}; names are not told
   */
  public static Mdns start(
      String service,
      PeerId self,
      Supplier<List<Multiaddr>> addresses,
      Found found,
      InstantSource clock,
      Random random) {
    List<MulticastPort> ports = UdpMulticastPort.openAll();
    if (ports.isEmpty()) {
      log.warn("mDNS is off: no socket for port {}", UdpMulticastPort.PORT);
    } else if (!isAvailable()) {
      log.info("mDNS finds nobody until a network interface is up that can multicast");
    }
    Mdns mdns = new Mdns(service, self, addresses, found, clock, random, ports);
    mdns.run();
    return mdns;
  }

  /** Whether this machine has an interface that can multicast now. */
  public static boolean isAvailable() {
    try {
      return !UdpMulticastPort.interfaces().isEmpty();
    } catch (SocketException e) {
      return false;
    }
  }

  /** Go's: a new one for each start, so that nothing that others remember is taken for us. */
  private static String randomName(Random random) {
    int length = LEAST_NAME + random.nextInt(MOST_NAME - LEAST_NAME + 1);
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < length; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return name.toString();
  }

  void run() {
    refreshNeighbours();
    if (!ports.isEmpty()) {
      Thread.ofVirtual().name("mdns-send").start(this::speak);
    }
    ports.forEach(port -> Thread.ofVirtual().name("mdns-receive").start(() -> listen(port)));
  }

  public MdnsStats stats() {
    return new MdnsStats(
        packets.get(), refused.of(Refusals.Reason.MALFORMED), refused.of(Refusals.Reason.FOREIGN));
  }

  private void refreshNeighbours() {
    try {
      neighbours = Neighbours.current();
    } catch (SocketException e) {
      log.debug("own networks are not known", e);
    }
  }

  // ---- speaking

  private void speak() {
    while (!closed) {
      Instant now = clock.instant();
      if (taking(() -> schedule.takeQuery(now))) {
        refreshNeighbours();
        send(DnsMessage.query(service.name()));
      }
      if (taking(() -> schedule.takeAnswer(now))) {
        service.answer(instance, ownAddresses()).ifPresent(this::send);
      }
      await();
    }
  }

  private boolean taking(BooleanSupplier step) {
    lock.lock();
    try {
      return step.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  /** Loopback last: it is of use on this machine only. */
  private List<Multiaddr> ownAddresses() {
    return addresses.get().stream().sorted(Comparator.comparing(Mdns::isLoopback)).toList();
  }

  private void await() {
    lock.lock();
    try {
      for (long left = nanosLeft(); !closed && left > 0; left = nanosLeft()) {
        var _ = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private long nanosLeft() {
    return schedule.pause(clock.instant()).toNanos();
  }

  private void send(DnsMessage message) {
    byte[] packet = DnsWriter.write(message);
    for (MulticastPort port : ports) {
      try {
        port.send(packet);
      } catch (IOException e) {
        log.debug("cannot multicast: {}", e.getMessage());
      }
    }
  }

  // ---- listening

  /** Packets that were dropped, and why. */
  public Refusals refusals() {
    return refused;
  }

  private void listen(MulticastPort port) {
    while (!closed) {
      try {
        MulticastPort.Received received = port.receive();
        packets.incrementAndGet();
        received(received.packet(), received.from());
      } catch (IOException e) {
        if (!closed) {
          log.warn("mDNS stops listening: {}", e.toString());
        }
        return;
      }
    }
  }

  private void received(byte[] packet, InetSocketAddress from) {
    if (!neighbours.isNeighbour(from.getAddress())) {
      refused.count(Refusals.Reason.FOREIGN);
      return;
    }
    try {
      DnsMessage message = DnsReader.read(packet);
      if (!message.response()) {
        questions(message);
      } else if (from.getPort() == UdpMulticastPort.PORT) {
        answers(message, neighbours.isThisMachine(from.getAddress()));
      } else {
        refused.count(Refusals.Reason.FOREIGN);
      }
    } catch (FormatException e) {
      refused.count(Refusals.Reason.MALFORMED);
      log.trace("a packet of {} cannot be read: {}", from, e.getMessage());
    } catch (RuntimeException e) {
      log.warn("what {} says could not be used: {}", from, e.toString());
    }
  }

  private void questions(DnsMessage message) {
    if (message.questions().stream().anyMatch(each -> service.isAskedBy(each, instance))) {
      lock.lock();
      try {
        schedule.asked(clock.instant());
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** What another machine says of its loopback is about ours. */
  private void answers(DnsMessage message, boolean sameMachine) {
    service
        .peers(message)
        .forEach((peer, all) -> {
          List<Multiaddr> usable =
              all.stream().filter(address -> sameMachine || !isLoopback(address)).toList();
          if (!peer.equals(self) && !usable.isEmpty()) {
            found.found(peer, usable);
          }
        });
  }

  private static boolean isLoopback(Multiaddr address) {
    return address.value(AddressProtocol.IP4).filter(ip -> ip.startsWith("127.")).isPresent()
        || address.value(AddressProtocol.IP6).filter(ip -> ip.equals("::1")).isPresent();
  }

  /** Says goodbye, so that others do not look for us. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    send(service.goodbye(instance));
    ports.forEach(MulticastPort::close);
  }
}
