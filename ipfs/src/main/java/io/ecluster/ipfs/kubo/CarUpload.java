package io.ecluster.ipfs.kubo;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.CarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Request;

/**
 * Blocks as a CAR without roots, which is the one file of a multipart body. They have the codec
 * {@code raw}, so that Kubo does not look into them.
 */
final class CarUpload {
  private final String boundary = "blocks-" + UUID.randomUUID();
  private final List<ByteBuffer> pieces;

  CarUpload(Collection<Block> blocks) {
    Pieces body = new Pieces();
    try {
      body.write(
          ascii(
              "--"
                  + boundary
                  + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blocks.car\"\r\n"
                  + "Content-Type: application/octet-stream\r\n\r\n"));
      CarWriter car = new CarWriter(body, List.of());
      blocks.forEach(block -> car.put(new Block(block.cid().rawAlias(), block.data())));
      body.write(ascii("\r\n--" + boundary + "--\r\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pieces = body.end();
  }

  /** A body that can be sent once. */
  Request.Content content() {
    return new ByteBufferRequestContent(
        "multipart/form-data; boundary=" + boundary,
        pieces.stream().map(ByteBuffer::slice).toArray(ByteBuffer[]::new));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Gathers what is small, since each piece is a call of the system; the rest is not copied. */
  private static final class Pieces extends OutputStream {
    private static final int SMALL_BYTES = 16 * 1024;

    private final List<ByteBuffer> pieces = new ArrayList<>();
    private final ByteArrayOutputStream small = new ByteArrayOutputStream();

    @Override
    public void write(int value) {
      small.write(value);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      if (length < SMALL_BYTES) {
        small.write(bytes, from, length);
      } else {
        endSmall();
        pieces.add(ByteBuffer.wrap(bytes, from, length));
      }
    }

    private void endSmall() {
      if (small.size() > 0) {
        pieces.add(ByteBuffer.wrap(small.toByteArray()));
        small.reset();
      }
    }

    List<ByteBuffer> end() {
      endSmall();
      return pieces;
    }
  }
}
