package io.ecluster.ctl;

import io.ecluster.client.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/** What an operand of {@code add} stands for. */
sealed interface UploadRoot {
  /** The name under which it is added. */
  String name();

  /** {@code -} is standard input; a file of that name is {@code ./-}. */
  static UploadRoot of(String operand) {
    if (operand.equals("-")) {
      return new StandardInput();
    }
    return operand.startsWith("http://") || operand.startsWith("https://")
        ? Web.parse(operand)
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
  record Web(URI uri) implements UploadRoot {
    static Web parse(String text) {
      try {
        URI uri = URI.create(text);
        if (uri.getHost() != null) {
          return new Web(uri);
        }
      } catch (IllegalArgumentException e) {
        throw new LocalException("error parsing path: " + e.getMessage());
      }
      throw new LocalException("error parsing path: " + text + " names no host");
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
      HttpClient client =
          HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
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
  }
}
