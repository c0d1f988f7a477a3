package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The worked bytes in docs/manifest.md are what the code writes. */
final class ManifestDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "manifest.md");
  private static final int HEX_WIDTH = 96;
  private static final CodeParameters PARAMETERS = new CodeParameters(2, 1, 32, 512);

  @Test
  void workedBytesAreOurs() throws IOException {
    String document = Files.readString(DOCUMENT);
    Map<String, byte[]> examples = examples();
    assertThat(examples).hasSize(8);
    examples.forEach((name, bytes) -> assertThat(document).contains(asWritten(name, bytes)));
  }

  /** The numbers 1 to 20, in chunks of 16 bytes, coded 2+1 with cells of 32 bytes. */
  private static Map<String, byte[]> examples() throws IOException {
    CodedStore store = new CodedStore();
    byte[] id = new byte[CodingId.BYTES];
    IntStream.range(0, id.length).forEach(i -> id[i] = (byte) i);
    StripeAssembler assembler = new StripeAssembler(CodingId.of(id), PARAMETERS, store);
    Imported file =
        new FileImporter()
            .add(
                new ByteArrayInputStream(numbers()),
                ImportOptions.DEFAULT.withRawLeaves(true).withChunking(Chunking.parse("size-16")),
                assembler::put);
    assembler.finish();
    Block manifest =
        ManifestWriter.write(store.manifest(file.root(), file.fileSize(), PARAMETERS)).getLast();
    return named(store, manifest);
  }

  private static Map<String, byte[]> named(CodedStore store, Block manifest) {
    Map<String, byte[]> named = new LinkedHashMap<>();
    named.put("file", numbers());
    named.put("stripe 0 parity", cell(store.stripes().get(0)));
    named.put("stripe 1 parity", cell(store.stripes().get(1)));
    put(named, "group node", store.groups().getFirst().toBlock());
    for (ShardNode shard : store.shards(0)) {
      named.put("shard node " + shard.column(), shard.toBlock().data());
    }
    put(named, "manifest root", manifest);
    return named;
  }

  private static void put(Map<String, byte[]> named, String name, Block block) {
    named.put(name + " " + block.cid(), block.data());
  }

  private static byte[] cell(Stripe stripe) {
    return stripe.columns().getLast().getFirst().data();
  }

  private static byte[] numbers() {
    return IntStream.rangeClosed(1, 20)
        .mapToObj(i -> i + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String asWritten(String name, byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    String lines = hex.replaceAll("(.{" + HEX_WIDTH + "})(?=.)", "$1\n");
    return "`" + name + "`, " + bytes.length + " bytes:\n\n```hex\n" + lines + "\n```\n";
  }
}
