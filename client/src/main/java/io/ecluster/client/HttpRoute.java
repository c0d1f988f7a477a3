package io.ecluster.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The way to an API by HTTPS, through a proxy, or both. */
public record HttpRoute(Endpoint endpoint, Optional<Tls> tls, Optional<ProxyServer> proxy)
    implements Route {
  private static final int MAX_HEAD_BYTES = 16 * 1024;

  @Override
  public String hostHeader() {
    return endpoint.hostHeader();
  }

  @Override
  public String url() {
    return (tls.isPresent() ? "https://" : "http://") + hostHeader();
  }

  @Override
  public String targetPrefix() {
    return proxy.isPresent() && tls.isEmpty() ? url() : "";
  }

  @Override
  public Map<String, String> headers() {
    return tls.isEmpty() ? proxy.map(ProxyServer::headers).orElse(Map.of()) : Map.of();
  }

  @Override
  public List<Dialer> dialers() throws IOException {
    Endpoint first = proxy.map(ProxyServer::endpoint).orElse(endpoint);
    return first.addresses().stream().map(this::dialer).toList();
  }

  private Dialer dialer(SocketAddress address) {
    SocketDialer plain = new SocketDialer(address);
    return tls.isPresent() ? deadline -> secure(tls.get(), plain, deadline) : plain;
  }

  private Connection secure(Tls layer, SocketDialer plain, Deadline deadline) throws IOException {
    SocketChannel channel = plain.connect(deadline);
    try {
      if (proxy.isPresent()) {
        askForTunnel(proxy.get(), channel);
      }
      InetSocketAddress host = (InetSocketAddress) endpoint.address();
      return layer.over(channel.socket(), host.getHostString(), host.getPort());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void askForTunnel(ProxyServer through, SocketChannel channel) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append("CONNECT ").append(hostHeader()).append(" HTTP/1.1\r\nHost: ").append(hostHeader());
    through.headers().forEach((name, value) -> head.append("\r\n" + name + ": " + value));
    OutputStream out = channel.socket().getOutputStream();
    out.write(head.append("\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8));
    String answer = readHead(channel.socket().getInputStream());
    if (!answer.matches("(?s)HTTP/1\\.[01] 200.*")) {
      throw new IOException(
          "the proxy refuses to connect to " + hostHeader() + ": " + answer.lines().findFirst());
    }
  }

  /** Byte by byte: what follows belongs to TLS. */
  private static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || head.size() >= MAX_HEAD_BYTES) {
        throw new EOFException("the proxy closed the connection or does not speak HTTP");
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }
}
