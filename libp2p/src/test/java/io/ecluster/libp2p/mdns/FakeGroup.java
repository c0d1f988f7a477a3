package io.ecluster.libp2p.mdns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A network of one cable: what one sends all get, the sender too, as with real multicast. */
final class FakeGroup {
  private final List<Port> ports = new CopyOnWriteArrayList<>();

  Port port(String ip) {
    Port port = new Port(new InetSocketAddress(ip, UdpMulticastPort.PORT));
    ports.add(port);
    return port;
  }

  /** As if somebody with that address had sent it. */
  void inject(byte[] packet, InetSocketAddress from) {
    ports.forEach(port -> port.inbox.add(new MulticastPort.Received(packet, from)));
  }

  final class Port implements MulticastPort {
    private final InetSocketAddress own;
    private volatile boolean closed;
    private final BlockingQueue<Received> inbox = new LinkedBlockingQueue<>();

    private Port(InetSocketAddress own) {
      this.own = own;
    }

    @Override
    public void send(byte[] packet) {
      inject(packet, own);
    }

    @Override
    public Received receive() throws IOException {
      try {
        Received next = inbox.take();
        if (closed) {
          throw new IOException("closed");
        }
        return next;
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void close() {
      closed = true;
      ports.remove(this);
      inbox.add(new Received(new byte[0], own)); // wakes who waits
    }
  }
}
