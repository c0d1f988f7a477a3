package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ExecutableMemoryTest {
  private static final byte[] RETURN_42 = HexFormat.of().parseHex("b82a000000c3");

  @BeforeEach
  void needsLinuxOnAmd64() {
    assumeFalse(ProcessorFlags.read().isEmpty(), "not Linux on x86-64");
  }

  @Test
  @SuppressWarnings("restricted")
  void holdsCodeThatRuns() throws Throwable {
    MemorySegment code = ExecutableMemory.of(RETURN_42);
    MethodHandle function =
        Linker.nativeLinker().downcallHandle(code, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    assertThat((int) function.invokeExact()).isEqualTo(42);
  }

  @Test
  void isNotWritableOnceItIsExecutable() throws IOException {
    long address = ExecutableMemory.of(RETURN_42).address();
    String start = Long.toHexString(address);
    assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
        .filteredOn(line -> contains(line, address))
        .as("mapping of %s", start)
        .singleElement()
        .asString()
        .contains(" r-xp ");
  }

  @Test
  void saysWhenThereIsNone() {
    assertThatThrownBy(() -> ExecutableMemory.of(new byte[0]))
        .isInstanceOf(NoMachineCodeException.class)
        .hasMessageContaining("mmap of 0 bytes failed");
  }

  private static boolean contains(String mapping, long address) {
    String[] range = mapping.substring(0, mapping.indexOf(' ')).split("-");
    return Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
  }
}
