package io.ecluster.erasure;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory of Linux that holds machine code. It is written first and made executable then: never is
 * it both. It is never given back, so that no thread can be running what is no longer there; those
 * who ask for it bound how much that is.
 */
final class ExecutableMemory {
  // From sys/mman.h, the same for all Linux on x86-64.
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final long MAP_FAILED = -1;

  private static final int NO_FILE = -1;

  private static final MethodHandle MAP =
      function(
          "mmap",
          FunctionDescriptor.of(
              ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle PROTECT =
      function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle UNMAP =
      function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

  private ExecutableMemory() {}

  /**
   * Where this code can be called.
   *
   * @throws NoMachineCodeException if the system does not allow it
   */
  static MemorySegment of(byte[] code) {
    try {
      MemorySegment memory = map(code.length);
      MemorySegment.copy(code, 0, memory, JAVA_BYTE, 0, code.length);
      protect(memory);
      return memory;
    } catch (NoMachineCodeException e) {
      throw e;
    } catch (Throwable e) { // what invokeExact declares
      throw new NoMachineCodeException("native functions cannot be called: " + e);
    }
  }

  @SuppressWarnings("restricted")
  private static MemorySegment map(long size) throws Throwable {
    int protection = PROT_READ | PROT_WRITE;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    MemorySegment start =
        (MemorySegment) MAP.invokeExact(MemorySegment.NULL, size, protection, flags, NO_FILE, 0L);
    if (start.address() == MAP_FAILED) {
      throw new NoMachineCodeException("mmap of " + size + " bytes failed");
    }
    return start.reinterpret(size);
  }

  private static void protect(MemorySegment memory) throws Throwable {
    long size = memory.byteSize();
    if ((int) PROTECT.invokeExact(memory, size, PROT_READ | PROT_EXEC) != 0) {
      int _ = (int) UNMAP.invokeExact(memory, size);
      throw new NoMachineCodeException("mprotect does not make memory executable");
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }
}
