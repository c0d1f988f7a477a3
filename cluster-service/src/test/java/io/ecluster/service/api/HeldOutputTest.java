package io.ecluster.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldOutputTest {
  private static final int HELD = 100;
  private static final int HEAD = 30;

  @Test
  void whateverThePiecesAllComesOutAndTheHeadIsShownOnce() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] content = new byte[random.nextInt(500)];
      random.nextBytes(content);
      ByteArrayOutputStream sink = new ByteArrayOutputStream();
      List<byte[]> heads = new ArrayList<>();
      try (HeldOutput out =
          new HeldOutput(
              sink,
              HELD,
              HEAD,
              head -> {
                assertThat(sink.size()).isZero();
                heads.add(head);
              })) {
        for (int at = 0; at < content.length; ) {
          int piece = 1 + random.nextInt(Math.min(content.length - at, 250));
          if (piece == 1) {
            out.write(content[at]);
          } else {
            out.write(content, at, piece);
          }
          at += piece;
        }
      }
      assertThat(sink.toByteArray()).as("seed %s, round %s", seed, round).isEqualTo(content);
      assertThat(heads).as("seed %s, round %s", seed, round).hasSize(1);
      byte[] first = Arrays.copyOf(content, Math.min(content.length, HEAD));
      byte[] shown = heads.getFirst();
      assertThat(shown).as("seed %s, round %s", seed, round).isEqualTo(first);
    }
  }

  @Test
  void whatIsHeldIsNotSentUntilItIsTooMuch() throws IOException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    HeldOutput out = new HeldOutput(sink, HELD, HEAD, _ -> {});
    out.write(new byte[HELD]);
    assertThat(sink.size()).isZero();
    out.write(1);
    assertThat(sink.size()).isEqualTo(HELD);
    out.close();
    assertThat(sink.size()).isEqualTo(HELD + 1);
  }
}
