package io.ecluster.ipfs.kubo;

import io.ecluster.ipld.Block;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Request;

/** Blocks as the files of one multipart body; their bytes are not copied. */
final class MultipartBlocks {
  private final String boundary = "block-" + UUID.randomUUID();
  private final List<byte[]> parts = new ArrayList<>();

  MultipartBlocks(Collection<Block> blocks) {
    byte[] head =
        ascii(
            "--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n");
    byte[] end = ascii("\r\n");
    for (Block block : blocks) {
      parts.add(head);
      parts.add(block.data());
      parts.add(end);
    }
    parts.add(ascii("--" + boundary + "--\r\n"));
  }

  /** A body that can be sent once. */
  Request.Content content() {
    return new ByteBufferRequestContent(
        "multipart/form-data; boundary=" + boundary,
        parts.stream().map(ByteBuffer::wrap).toArray(ByteBuffer[]::new));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
