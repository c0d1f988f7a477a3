package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import java.time.Duration;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The connections to Kubo's RPC API. Every failure of a call is an {@link IpfsException} that says
 * which.
 */
final class KuboRpc implements AutoCloseable {
  /** Connections at a time; more calls than that wait for one, within their time. */
  static final int MAX_CONNECTIONS = 64;

  /** Calls that wait for a connection; more are refused. */
  static final int MAX_WAITING = 4096;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Kubo closes idle connections after a while; we do so first. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MAX_THREADS = 16;

  /** Takes in many of Kubo's pieces of 4 KiB in one call of the system. */
  private static final int RESPONSE_BUFFER_BYTES = 64 * 1024;

  private final KuboSettings settings;
  private final KuboEndpoint endpoint;
  private final HttpClient http;

  KuboRpc(KuboSettings settings) {
    this.settings = settings;
    this.endpoint = KuboEndpoint.of(settings.address(), settings.https());
    this.http = client();
  }

  /**
   * A plain client: what it is answered is what was sent. Nothing that is done with an answer where
   * it arrives ever blocks, so no thread is begun for that.
   */
  private static HttpClient client() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("kubo");
    threads.setDaemon(true);
    HttpClientTransportOverHTTP transport = new HttpClientTransportOverHTTP();
    transport.setInvocationType(Invocable.InvocationType.NON_BLOCKING);
    HttpClient client = new HttpClient(transport);
    client.setExecutor(threads);
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(MAX_WAITING);
    client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
    client.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    client.setResponseBufferSize(RESPONSE_BUFFER_BYTES);
    client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    try {
      client.start();
    } catch (Exception e) {
      throw new IpfsException("the HTTP client cannot start: " + e.getMessage(), e);
    }
    client.getProtocolHandlers().clear();
    client.getContentDecoderFactories().clear();
    return client;
  }

  KuboCall call(String name) {
    return new KuboCall(this, name, settings.requestTimeout());
  }

  Request post(String call) {
    Request request = http.newRequest(endpoint.base() + "/api/v0/" + call).method("POST");
    endpoint.socket().ifPresent(path -> request.transport(new Transport.TCPUnix(path)));
    if (!settings.authorization().isEmpty()) {
      request.headers(fields -> fields.put("Authorization", settings.authorization()));
    }
    return request;
  }

  /** The address as it is configured. */
  String where() {
    return settings.address().toString();
  }

  @Override
  public void close() {
    try {
      http.stop();
    } catch (Exception e) {
      throw new IpfsException("the HTTP client did not stop cleanly", e);
    }
  }
}
