package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FileImporterTest {
  private final MemoryBlocks blocks = new MemoryBlocks();

  @Test
  void givesTheRootsOfKubo() throws IOException {
    byte[] seq =
        IntStream.rangeClosed(1, 250_000)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("\n", "", "\n"))
            .getBytes(StandardCharsets.UTF_8);
    ImportOptions plain = ImportOptions.DEFAULT;
    assertThat(root(seq, plain)).isEqualTo("QmTgBV75rpqCE55aFyJxBMd1z8ennrr5yQH3SqbEgjUDME");
    assertThat(root(seq, plain.withRawLeaves(true)))
        .isEqualTo("QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ");
    assertThat(root(new byte[0], plain))
        .isEqualTo("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
    assertThat(root("hello world\n".getBytes(StandardCharsets.UTF_8), plain))
        .isEqualTo("QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o");
  }

  @Test
  void givesTheEmptyFolderOfKubo() {
    List<DirectoryBuilder.Directory> made =
        new DirectoryBuilder().finish(ImportOptions.DEFAULT, blocks);
    assertThat(made).hasSize(1);
    assertThat(made.getFirst().imported().root().toString())
        .isEqualTo("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
  }

  private String root(byte[] data, ImportOptions options) throws IOException {
    Imported imported = new FileImporter().add(new ByteArrayInputStream(data), options, blocks);
    assertThat(imported.fileSize()).isEqualTo(data.length);
    assertThat(blocks.put()).last().isEqualTo(imported.root());
    return imported.root().toString();
  }
}
