package io.ecluster.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** Connects by TCP or to a unix socket. */
record SocketDialer(SocketAddress address) implements Dialer {
  @Override
  public Connection dial(Deadline deadline) throws IOException {
    return new ChannelConnection(connect(deadline));
  }

  SocketChannel connect(Deadline deadline) throws IOException {
    SocketChannel channel = deadline.guard(unconnected());
    try {
      channel.connect(address);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private SocketChannel unconnected() throws IOException {
    if (address instanceof UnixDomainSocketAddress) {
      return SocketChannel.open(StandardProtocolFamily.UNIX);
    }
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  private record ChannelConnection(SocketChannel channel) implements Connection {
    @Override
    public InputStream input() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream output() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
