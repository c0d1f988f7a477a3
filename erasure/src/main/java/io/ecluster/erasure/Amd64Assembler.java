package io.ecluster.erasure;

import java.io.ByteArrayOutputStream;

/**
 * Writes the few x86-64 instructions that {@link GfniCode} is made of. Vector registers are the 32
 * of 512 bits, given by number.
 *
 * <p>Encodings follow the Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2:
 * section 2.1 (ModRM, SIB and displacement), 2.2.1 (REX) and 2.7 (EVEX); opcodes are on the pages
 * of the instructions.
 */
final class Amd64Assembler {
  private static final int VECTOR_BYTES = 64;
  private static final int LANE_BYTES = 8;

  /** REX with W: operands of 64 bits. R, X and B are the fourth bits of register numbers. */
  private static final int REX_W = 0x48;

  /** Truth table of a ^ b ^ c for vpternlogq. */
  private static final int XOR_OF_THREE = 0x96;

  private static final VectorOperation LOAD = new VectorOperation(1, 2, 0x6F);
  private static final VectorOperation STORE = new VectorOperation(1, 2, 0x7F);
  private static final VectorOperation BROADCAST = new VectorOperation(2, 1, 0x59);
  private static final VectorOperation XOR = new VectorOperation(1, 1, 0xEF);
  private static final VectorOperation TERNARY = new VectorOperation(3, 1, 0x25);
  private static final VectorOperation AFFINE = new VectorOperation(3, 1, 0xCE);

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  /**
   * General registers. Functions may change all of these, by the System V calling convention. RSP,
   * RBP, R12 and R13 must not be added: as bases they are encoded in another way.
   */
  enum Register {
    RAX(0),
    RCX(1),
    RDX(2),
    RSI(6),
    RDI(7),
    R8(8);

    private final int number;

    Register(int number) {
      this.number = number;
    }
  }

  /** What lies {@code displacement} bytes behind the address in a register. */
  record Memory(Register base, int displacement) {}

  /** What lies {@code displacement} bytes behind the sum of two registers. */
  record IndexedMemory(Register base, Register index, int displacement) {}

  /**
   * How an instruction is named in an EVEX prefix.
   *
   * @param map of opcodes: 1 is 0F, 2 is 0F38, 3 is 0F3A
   * @param prefix that it implies: 1 is 66, 2 is F3
   */
  private record VectorOperation(int map, int prefix, int opcode) {}

  /** Where the next instruction begins. */
  int position() {
    return code.size();
  }

  byte[] code() {
    return code.toByteArray();
  }

  /** mov to, [from]. */
  void load(Register to, Memory from) {
    write(REX_W | fourthBit(to.number) << 2 | fourthBit(from.base.number), 0x8B);
    plainOperand(to.number, from, 1);
  }

  /** add to, value. */
  void add(Register to, int value) {
    write(REX_W | fourthBit(to.number), 0x81, registers(0, to.number));
    writeInt(value);
  }

  /** cmp left, right. */
  void compare(Register left, Register right) {
    write(REX_W | fourthBit(right.number) << 2 | fourthBit(left.number), 0x39);
    write(registers(right.number, left.number));
  }

  /** jb target: to an earlier place, if the left that was compared is below the right, unsigned. */
  void jumpIfBelow(int target) {
    write(0x0F, 0x82);
    writeInt(target - (position() + Integer.BYTES));
  }

  /** vzeroupper, so that older vector instructions of the caller are not slowed down; ret. */
  void returnToCaller() {
    write(0xC5, 0xF8, 0x77, 0xC3);
  }

  /** vmovdqu64 to, [from]. */
  void load(int to, IndexedMemory from) {
    evex(LOAD, to, 0, from.index.number, from.base.number);
    indexedOperand(to, from, VECTOR_BYTES);
  }

  /** vmovdqu64 [to], from. */
  void store(IndexedMemory to, int from) {
    evex(STORE, from, 0, to.index.number, to.base.number);
    indexedOperand(from, to, VECTOR_BYTES);
  }

  /** vpbroadcastq to, [from]: the same 8 bytes in all lanes. */
  void broadcast(int to, Memory from) {
    evex(BROADCAST, to, 0, 0, from.base.number);
    plainOperand(to, from, LANE_BYTES);
  }

  /** vpxorq to, left, right. */
  void xor(int to, int left, int right) {
    evexOfRegisters(XOR, to, left, right);
  }

  /** vpternlogq to, left, right: to becomes the exclusive or of all three. */
  void xorBoth(int to, int left, int right) {
    evexOfRegisters(TERNARY, to, left, right);
    write(XOR_OF_THREE);
  }

  /** vgf2p8affineqb to, bytes, matrices, 0: each byte times the bit matrix in its lane. */
  void affine(int to, int bytes, int matrices) {
    evexOfRegisters(AFFINE, to, bytes, matrices);
    write(0);
  }

  private void evexOfRegisters(VectorOperation operation, int register, int second, int third) {
    evex(operation, register, second, third >> 1, third);
    write(registers(register, third));
  }

  /**
   * The four bytes of an EVEX prefix and the opcode. Register numbers have their low three bits in
   * ModRM and SIB; the others are here, inverted: bits 3 and 4 of the first register in R and R',
   * all of the second in vvvv and V', bit 3 of the index in X and of the base in B. A third vector
   * register takes the place of the base, and its bit 4 that of the index's bit 3. Of the rest, W
   * says 64 bits a lane (all operations here have it), L'L = 2 512 bits; no mask is used.
   */
  private void evex(VectorOperation operation, int first, int second, int index, int base) {
    write(0x62);
    write(
        inverted(first, 3) << 7
            | inverted(index, 3) << 6
            | inverted(base, 3) << 5
            | inverted(first, 4) << 4
            | operation.map);
    write(0x80 | (~second & 0xF) << 3 | 1 << 2 | operation.prefix);
    write(2 << 5 | inverted(second, 4) << 3);
    write(operation.opcode);
  }

  private void plainOperand(int register, Memory memory, int unit) {
    int size = displacementSize(memory.displacement, unit);
    write(operands(size, register, memory.base.number));
    displacement(memory.displacement, size, unit);
  }

  private void indexedOperand(int register, IndexedMemory memory, int unit) {
    int size = displacementSize(memory.displacement, unit);
    int sibFollows = 4;
    write(operands(size, register, sibFollows));
    write(operands(0, memory.index.number, memory.base.number));
    displacement(memory.displacement, size, unit);
  }

  /** As in ModRM's field mod: 0 none, 1 a byte that counts units (2.7.5), 2 four bytes. */
  private static int displacementSize(int displacement, int unit) {
    if (displacement == 0) {
      return 0;
    }
    int units = displacement / unit;
    return displacement % unit == 0 && units == (byte) units ? 1 : 2;
  }

  private void displacement(int displacement, int size, int unit) {
    if (size == 1) {
      write(displacement / unit);
    } else if (size == 2) {
      writeInt(displacement);
    }
  }

  /** ModRM of two registers. */
  private static int registers(int first, int second) {
    return operands(3, first, second);
  }

  /** ModRM; and SIB, which has its fields in the same places. */
  private static int operands(int mode, int first, int second) {
    return mode << 6 | (first & 7) << 3 | (second & 7);
  }

  private static int fourthBit(int number) {
    return number >> 3 & 1;
  }

  private static int inverted(int number, int bit) {
    return ~number >> bit & 1;
  }

  private void writeInt(int value) {
    write(value, value >> 8, value >> 16, value >> 24);
  }

  private void write(int... bytes) {
    for (int value : bytes) {
      code.write(value);
    }
  }
}
