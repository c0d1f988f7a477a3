package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The documents of an answer, one a line, as they arrive. */
final class JsonLines implements AutoCloseable {
  /** Kubo's longest are lists of peers. */
  static final int MAX_LINE_BYTES = 4 << 20;

  private static final int BUFFER_BYTES = 8 * 1024;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final KuboAnswer answer;
  private final String call;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int filled;

  JsonLines(KuboAnswer answer, String call) {
    this.answer = answer;
    this.call = call;
  }

  /** The next document; empty at the end of an answer that is complete. */
  Optional<JsonNode> next() {
    while (true) {
      Optional<String> line = line();
      if (line.isEmpty()) {
        answer.requireComplete();
        return Optional.empty();
      }
      if (!line.get().isBlank()) {
        return Optional.of(parse(line.get()));
      }
    }
  }

  private JsonNode parse(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      // told below
    }
    throw new IpfsException(call + " was answered with what is no JSON object: is it Kubo?");
  }

  private Optional<String> line() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (fill()) {
      int from = at;
      while (at < filled && buffer[at] != '\n') {
        at++;
      }
      line.write(buffer, from, at - from);
      if (line.size() > MAX_LINE_BYTES) {
        throw new IpfsException(
            call + " was answered with a line of more than " + MAX_LINE_BYTES + " bytes");
      }
      if (at < filled) {
        at++;
        return Optional.of(line.toString(StandardCharsets.UTF_8));
      }
    }
    return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  private boolean fill() {
    if (at == filled) {
      at = 0;
      filled = Math.max(0, answer.read(buffer));
    }
    return filled > 0;
  }

  @Override
  public void close() {
    answer.close();
  }
}
