package io.ecluster.libp2p.mdns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One address family's group, over UDP. The port is shared with every other program that asks. */
final class UdpMulticastPort implements MulticastPort {
  static final int PORT = 5353;
  static final String GROUP_IP4 = "224.0.0.251";
  static final String GROUP_IP6 = "ff02::fb";

  /** A machine that runs containers has many; beyond these nobody is looked for. */
  private static final int MAX_INTERFACES = 64;

  private static final int TTL = 255;

  private static final Logger log = LoggerFactory.getLogger(UdpMulticastPort.class);

  private final DatagramChannel channel;
  private final InetAddress group;
  private final Set<String> joined = ConcurrentHashMap.newKeySet();
  private final ReentrantLock sending = new ReentrantLock();
  private final ByteBuffer buffer = ByteBuffer.allocate(DnsReader.MAX_PACKET_BYTES);

  private UdpMulticastPort(DatagramChannel channel, InetAddress group) {
    this.channel = channel;
    this.group = group;
  }

  /**
   * Joins a group.
   *
   * @throws IOException if the port cannot be had, or the machine does not know this family
   */
  static UdpMulticastPort open(String group) throws IOException {
    InetAddress address = InetAddress.getByName(group);
    boolean ip4 = address instanceof Inet4Address;
    DatagramChannel channel =
        DatagramChannel.open(ip4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      if (channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, TTL);
      channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      channel.bind(new InetSocketAddress(InetAddress.getByName(ip4 ? "0.0.0.0" : "::"), PORT));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return new UdpMulticastPort(channel, address);
  }

  /** Of both families, those that can be had. */
  static List<MulticastPort> openAll() {
    List<MulticastPort> ports = new ArrayList<>();
    for (String group : List.of(GROUP_IP4, GROUP_IP6)) {
      try {
        ports.add(open(group));
      } catch (IOException | UnsupportedOperationException e) {
        log.debug("no multicast to {}", group, e);
      }
    }
    return ports;
  }

  /** Interfaces that are up and can multicast. */
  static List<NetworkInterface> interfaces() throws SocketException {
    List<NetworkInterface> usable = new ArrayList<>();
    for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (card.isUp() && card.supportsMulticast() && usable.size() < MAX_INTERFACES) {
        usable.add(card);
      }
    }
    return usable;
  }

  /** Fails only if no interface takes it. */
  @Override
  public void send(byte[] packet) throws IOException {
    IOException failure = new IOException("no network interface can multicast");
    boolean sent = false;
    sending.lock();
    try {
      for (NetworkInterface card : interfaces()) {
        try {
          join(card);
          channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, card);
          channel.send(ByteBuffer.wrap(packet), new InetSocketAddress(group, PORT));
          sent = true;
        } catch (IOException e) {
          failure = e; // an interface without an address of this family, say
        }
      }
    } finally {
      sending.unlock();
    }
    if (!sent) {
      throw failure;
    }
  }

  private void join(NetworkInterface card) throws IOException {
    if (joined.add(card.getName() + '/' + card.getIndex())) {
      try {
        channel.join(group, card);
      } catch (IOException | IllegalArgumentException e) {
        joined.remove(card.getName() + '/' + card.getIndex());
        throw new IOException("cannot join " + group + " on " + card.getName(), e);
      }
    }
  }

  @Override
  public Received receive() throws IOException {
    buffer.clear();
    InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
    return new Received(Arrays.copyOf(buffer.array(), buffer.position()), from);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("a multicast socket does not close", e);
    }
  }
}
