package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.erasure.GfniCode.Shape;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GfniCodeTest {
  /** GNU as 2.40 made the bytes from the instructions beside them. */
  private static final String THREE_COLUMNS_TO_ONE_ROW =
      """
      488b07           ; mov rax, [rdi]
      62e1fe486f0408   ; vmovdqu64 zmm16, [rax+rcx]
      62e1fe486f4c0801 ; vmovdqu64 zmm17, [rax+rcx+0x40]
      6262fd485902     ; vpbroadcastq zmm24, [rdx]
      6293fd40cec000   ; vgf2p8affineqb zmm0, zmm16, zmm24, 0x0
      6293f540cec800   ; vgf2p8affineqb zmm1, zmm17, zmm24, 0x0
      488b4708         ; mov rax, [rdi+0x8]
      62e1fe486f0408   ; vmovdqu64 zmm16, [rax+rcx]
      62e1fe486f4c0801 ; vmovdqu64 zmm17, [rax+rcx+0x40]
      488b4710         ; mov rax, [rdi+0x10]
      62e1fe486f1408   ; vmovdqu64 zmm18, [rax+rcx]
      62e1fe486f5c0801 ; vmovdqu64 zmm19, [rax+rcx+0x40]
      6262fd48594201   ; vpbroadcastq zmm24, [rdx+0x8]
      6283fd40cee000   ; vgf2p8affineqb zmm20, zmm16, zmm24, 0x0
      6283f540cee800   ; vgf2p8affineqb zmm21, zmm17, zmm24, 0x0
      6262fd48594202   ; vpbroadcastq zmm24, [rdx+0x10]
      6283ed40cef000   ; vgf2p8affineqb zmm22, zmm18, zmm24, 0x0
      6283e540cef800   ; vgf2p8affineqb zmm23, zmm19, zmm24, 0x0
      62b3dd4025c696   ; vpternlogq zmm0, zmm20, zmm22, 0x96
      62b3d54025cf96   ; vpternlogq zmm1, zmm21, zmm23, 0x96
      488b06           ; mov rax, [rsi]
      62f1fe487f0408   ; vmovdqu64 [rax+rcx], zmm0
      62f1fe487f4c0801 ; vmovdqu64 [rax+rcx+0x40], zmm1
      4881c180000000   ; add rcx, 0x80
      4c39c1           ; cmp rcx, r8
      0f825affffff     ; jb 0
      c5f877           ; vzeroupper
      c3               ; ret
      """;

  private static final String ONE_COLUMN_ADDED_TO_ONE_ROW =
      """
      488b06           ; mov rax, [rsi]
      62f1fe486f0408   ; vmovdqu64 zmm0, [rax+rcx]
      62f1fe486f4c0801 ; vmovdqu64 zmm1, [rax+rcx+0x40]
      488b07           ; mov rax, [rdi]
      62e1fe486f0408   ; vmovdqu64 zmm16, [rax+rcx]
      62e1fe486f4c0801 ; vmovdqu64 zmm17, [rax+rcx+0x40]
      6262fd485902     ; vpbroadcastq zmm24, [rdx]
      6283fd40cee000   ; vgf2p8affineqb zmm20, zmm16, zmm24, 0x0
      6283f540cee800   ; vgf2p8affineqb zmm21, zmm17, zmm24, 0x0
      62b1fd48efc4     ; vpxorq zmm0, zmm0, zmm20
      62b1f548efcd     ; vpxorq zmm1, zmm1, zmm21
      488b06           ; mov rax, [rsi]
      62f1fe487f0408   ; vmovdqu64 [rax+rcx], zmm0
      62f1fe487f4c0801 ; vmovdqu64 [rax+rcx+0x40], zmm1
      4881c180000000   ; add rcx, 0x80
      4c39c1           ; cmp rcx, r8
      0f829affffff     ; jb 0
      c5f877           ; vzeroupper
      c3               ; ret
      """;

  private static final long MOST_BYTES_OF_ALL = 4 << 20;
  private static final int PAGE_BYTES = 4096;

  @Test
  void setsSumsThenAddsColumnsByTwo() {
    assertThat(assembled(new Shape(3, 1, false))).isEqualTo(bytes(THREE_COLUMNS_TO_ONE_ROW));
  }

  @Test
  void addsToWhatIsThereAlready() {
    assertThat(assembled(new Shape(1, 1, true))).isEqualTo(bytes(ONE_COLUMN_ADDED_TO_ONE_ROW));
  }

  @Test
  void allShapesTogetherTakeFewPages() {
    long pages = shapes().mapToLong(GfniCodeTest::pages).sum();
    assertThat(pages * PAGE_BYTES).isLessThan(MOST_BYTES_OF_ALL);
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,0", "33,1", "1,9"})
  void otherShapesAreRefused(int columns, int rows) {
    assertThatThrownBy(() -> new Shape(columns, rows, false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Stream<Shape> shapes() {
    return IntStream.rangeClosed(1, GfniCode.MOST_COLUMNS)
        .boxed()
        .flatMap(columns ->
            IntStream.rangeClosed(1, GfniCode.MOST_ROWS)
                .boxed()
                .flatMap(
                    rows -> Stream.of(false, true).map(adds -> new Shape(columns, rows, adds))));
  }

  private static long pages(Shape shape) {
    return Math.ceilDiv(GfniCode.assemble(shape).length, PAGE_BYTES);
  }

  private static String assembled(Shape shape) {
    return HexFormat.of().formatHex(GfniCode.assemble(shape));
  }

  private static String bytes(String listing) {
    return listing
        .lines()
        .map(line -> line.substring(0, line.indexOf(';')).strip())
        .collect(Collectors.joining());
  }
}
