package io.ecluster.erasure;

import static io.ecluster.erasure.Amd64Assembler.Register.R8;
import static io.ecluster.erasure.Amd64Assembler.Register.RAX;
import static io.ecluster.erasure.Amd64Assembler.Register.RCX;
import static io.ecluster.erasure.Amd64Assembler.Register.RDI;
import static io.ecluster.erasure.Amd64Assembler.Register.RDX;
import static io.ecluster.erasure.Amd64Assembler.Register.RSI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.ecluster.erasure.Amd64Assembler.IndexedMemory;
import io.ecluster.erasure.Amd64Assembler.Memory;
import io.ecluster.erasure.Amd64Assembler.Register;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the bytes that GNU as 2.40 makes of the same instructions. */
final class Amd64AssemblerTest {
  static Stream<Arguments> plainInstructions() {
    return Stream.of(
        is("mov rax, [rdi]", "488b07", a -> a.load(RAX, new Memory(RDI, 0))),
        is("mov rax, [rsi+8]", "488b4608", a -> a.load(RAX, new Memory(RSI, 8))),
        is("mov rax, [rdi+127]", "488b477f", a -> a.load(RAX, new Memory(RDI, 127))),
        is("mov rax, [rdi+128]", "488b8780000000", a -> a.load(RAX, new Memory(RDI, 128))),
        is("mov rax, [rdi+2040]", "488b87f8070000", a -> a.load(RAX, new Memory(RDI, 2040))),
        is("mov r8, [rdx+8]", "4c8b4208", a -> a.load(R8, new Memory(RDX, 8))),
        is("mov rcx, [r8+8]", "498b4808", a -> a.load(RCX, new Memory(R8, 8))),
        is("add rcx, 128", "4881c180000000", a -> a.add(RCX, 128)),
        is("add r8, 128", "4981c080000000", a -> a.add(R8, 128)),
        is("cmp rcx, r8", "4c39c1", a -> a.compare(RCX, R8)),
        is("cmp rax, rdx", "4839d0", a -> a.compare(RAX, RDX)),
        is("cmp r8, rcx", "4939c8", a -> a.compare(R8, RCX)),
        is("vzeroupper; ret", "c5f877c3", Amd64Assembler::returnToCaller));
  }

  static Stream<Arguments> vectorMoves() {
    return Stream.of(
        is("vmovdqu64 zmm0, [rax+rcx]", "62f1fe486f0408", a -> a.load(0, at(RAX, RCX, 0))),
        is("vmovdqu64 zmm7, [rax+rcx+64]", "62f1fe486f7c0801", a -> a.load(7, at(RAX, RCX, 64))),
        is("vmovdqu64 zmm8, [rax+rcx]", "6271fe486f0408", a -> a.load(8, at(RAX, RCX, 0))),
        is("vmovdqu64 zmm16, [rax+rcx+64]", "62e1fe486f440801", a -> a.load(16, at(RAX, RCX, 64))),
        is(
            "vmovdqu64 zmm31, [rax+rcx+8128]",
            "6261fe486f7c087f",
            a -> a.load(31, at(RAX, RCX, 8128))),
        is(
            "vmovdqu64 zmm31, [rax+rcx+8192]",
            "6261fe486fbc0800200000",
            a -> a.load(31, at(RAX, RCX, 8192))),
        is(
            "vmovdqu64 zmm5, [rax+rcx+1]",
            "62f1fe486fac0801000000",
            a -> a.load(5, at(RAX, RCX, 1))),
        is("vmovdqu64 zmm5, [r8+rcx]", "62d1fe486f2c08", a -> a.load(5, at(R8, RCX, 0))),
        is("vmovdqu64 zmm5, [rax+r8]", "62b1fe486f2c00", a -> a.load(5, at(RAX, R8, 0))),
        is("vmovdqu64 [rax+rcx], zmm0", "62f1fe487f0408", a -> a.store(at(RAX, RCX, 0), 0)),
        is("vmovdqu64 [rax+rcx+64], zmm15", "6271fe487f7c0801", a -> a.store(at(RAX, RCX, 64), 15)),
        is("vmovdqu64 [rax+rcx+64], zmm24", "6261fe487f440801", a -> a.store(at(RAX, RCX, 64), 24)),
        is("vpbroadcastq zmm0, [rdx]", "62f2fd485902", a -> a.broadcast(0, new Memory(RDX, 0))),
        is(
            "vpbroadcastq zmm24, [rdx+8]",
            "6262fd48594201",
            a -> a.broadcast(24, new Memory(RDX, 8))),
        is(
            "vpbroadcastq zmm24, [rdx+1016]",
            "6262fd4859427f",
            a -> a.broadcast(24, new Memory(RDX, 1016))),
        is(
            "vpbroadcastq zmm24, [rdx+1024]",
            "6262fd48598200040000",
            a -> a.broadcast(24, new Memory(RDX, 1024))),
        is(
            "vpbroadcastq zmm9, [r8+1016]",
            "6252fd4859487f",
            a -> a.broadcast(9, new Memory(R8, 1016))));
  }

  static Stream<Arguments> vectorArithmetic() {
    return Stream.of(
        is("vgf2p8affineqb zmm1, zmm2, zmm3, 0", "62f3ed48cecb00", a -> a.affine(1, 2, 3)),
        is("vgf2p8affineqb zmm9, zmm10, zmm11, 0", "6253ad48cecb00", a -> a.affine(9, 10, 11)),
        is("vgf2p8affineqb zmm20, zmm16, zmm24, 0", "6283fd40cee000", a -> a.affine(20, 16, 24)),
        is("vgf2p8affineqb zmm31, zmm30, zmm29, 0", "62038d40cefd00", a -> a.affine(31, 30, 29)),
        is("vgf2p8affineqb zmm7, zmm8, zmm16, 0", "62b3bd48cef800", a -> a.affine(7, 8, 16)),
        is("vpxorq zmm1, zmm2, zmm3", "62f1ed48efcb", a -> a.xor(1, 2, 3)),
        is("vpxorq zmm15, zmm15, zmm22", "62318548effe", a -> a.xor(15, 15, 22)),
        is("vpxorq zmm16, zmm17, zmm18", "62a1f540efc2", a -> a.xor(16, 17, 18)),
        is("vpternlogq zmm1, zmm2, zmm3, 0x96", "62f3ed4825cb96", a -> a.xorBoth(1, 2, 3)),
        is("vpternlogq zmm12, zmm21, zmm22, 0x96", "6233d54025e696", a -> a.xorBoth(12, 21, 22)),
        is("vpternlogq zmm31, zmm20, zmm9, 0x96", "6243dd4025f996", a -> a.xorBoth(31, 20, 9)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"plainInstructions", "vectorMoves", "vectorArithmetic"})
  void writesTheBytesOfAnotherAssembler(
      String name, String bytes, Consumer<Amd64Assembler> instruction) {
    Amd64Assembler assembler = new Amd64Assembler();
    instruction.accept(assembler);
    assertThat(HexFormat.of().formatHex(assembler.code())).as(name).isEqualTo(bytes);
  }

  @Test
  void jumpsAreRelativeToTheNextInstruction() {
    Amd64Assembler assembler = new Amd64Assembler();
    int target = assembler.position();
    assembler.compare(RCX, R8);
    assembler.jumpIfBelow(target);
    assertThat(HexFormat.of().formatHex(assembler.code())).isEqualTo("4c39c1" + "0f82f7ffffff");
  }

  private static Arguments is(String name, String bytes, Consumer<Amd64Assembler> instruction) {
    return arguments(name, bytes, instruction);
  }

  private static IndexedMemory at(Register base, Register index, int displacement) {
    return new IndexedMemory(base, index, displacement);
  }
}
