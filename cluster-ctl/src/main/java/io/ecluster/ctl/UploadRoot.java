package io.ecluster.ctl;

import io.ecluster.client.ProxyServer;
import io.ecluster.client.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What an operand of {@code add} stands for. */
sealed interface UploadRoot {
  /** The name under which it is added. */
  String name();

  /**
   * {@code -} is standard input; a file of that name is {@code ./-}.
   *
   * @param environment may name a proxy for URLs
   */
  static UploadRoot of(String operand, Map<String, String> environment) {
    if (operand.equals("-")) {
      return new StandardInput();
    }
    return operand.startsWith("http://") || operand.startsWith("https://")
        ? Web.parse(operand, environment)
        : new Local(Path.of(operand));
  }

  /** A file or folder. */
  record Local(Path path) implements UploadRoot {
    /** {@code .} has the name of the folder it stands for, and that of a link's target. */
    @Override
    public String name() {
      Path name = whole().getFileName();
      return name == null ? "root" : name.toString();
    }

    private Path whole() {
      try {
        return path.toString().equals(".") ? path.toRealPath() : path.toAbsolutePath().normalize();
      } catch (IOException e) {
        throw new LocalException("error adding: " + Failures.text(e));
      }
    }
  }

  /** It needs some name. */
  record StandardInput() implements UploadRoot {
    @Override
    public String name() {
      return "stdin";
    }
  }

  /** What a web server gives for a GET request. */
  record Web(URI uri, Optional<ProxyServer> proxy) implements UploadRoot {
    static Web parse(String text, Map<String, String> environment) {
      try {
        URI uri = URI.create(text);
        if (uri.getHost() != null) {
          boolean https = "https".equals(uri.getScheme());
          return new Web(uri, ProxyServer.forHost(environment, https, uri.getHost(), port(uri)));
        }
      } catch (IllegalArgumentException e) {
        throw new LocalException("error parsing path: " + e.getMessage());
      }
      throw new LocalException("error parsing path: " + text + " names no host");
    }

    private static int port(URI uri) {
      return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    }

    /** The last part of the path, or the host. */
    @Override
    public String name() {
      String path = uri.getPath().replaceFirst("/+$", "");
      String last = path.substring(path.lastIndexOf('/') + 1);
      return last.isEmpty() ? uri.getHost() : last;
    }

    /**
     * Begins to read it.
     *
     * @throws SourceException if it cannot be had
     */
    InputStream open() {
      HttpClient.Builder builder =
          HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL);
      proxy.ifPresent(server -> builder.proxy(ProxySelector.of(resolved(server))));
      HttpClient client = builder.build();
      try {
        HttpResponse<InputStream> answer =
            client.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() / 100 != 2) {
          throw new SourceException("cannot read " + uri + ": HTTP status " + answer.statusCode());
        }
        client.shutdown(); // when the answer has been read
        return answer.body();
      } catch (IOException e) {
        throw new SourceException("cannot read " + uri + ": " + Failures.text(e), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SourceException("cannot read " + uri + ": interrupted", e);
      }
    }

    private static InetSocketAddress resolved(ProxyServer server) {
      return new InetSocketAddress(server.address().getHostString(), server.address().getPort());
    }
  }
}
