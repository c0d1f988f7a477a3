package io.ecluster.service.daemon;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the daemon is, by sd_notify: one datagram to the unix socket that {@code
 * NOTIFY_SOCKET} names. The JDK has no such sockets, so the C library is called.
 */
final class SystemdNotice {
  static final String READY = "READY=1";
  static final String STOPPING = "STOPPING=1";

  private static final Logger LOG = LoggerFactory.getLogger(SystemdNotice.class);
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

  /** What a unix address holds, with the zero at its end. */
  private static final int MAX_PATH_BYTES = 108;

  private static final int FAMILY_BYTES = 2;

  private SystemdNotice() {}

  /** Sends a state, if systemd waits for it; that it cannot be sent is no more than logged. */
  static void send(String state, Map<String, String> environment) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (socket.isEmpty()) {
      return;
    }
    try {
      send(state.getBytes(StandardCharsets.UTF_8), socket.getBytes(StandardCharsets.UTF_8));
    } catch (Throwable e) { // what a method handle declares
      LOG.warn("systemd could not be told {}: {}", state, e.getMessage());
    }
  }

  private static void send(byte[] state, byte[] path) throws Throwable {
    if (path.length >= MAX_PATH_BYTES) {
      throw new IllegalArgumentException("NOTIFY_SOCKET is too long");
    }
    int socket = (int) SOCKET.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    if (socket < 0) {
      throw new IllegalStateException("no socket");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = arena.allocateFrom(ValueLayout.JAVA_BYTE, state);
      MemorySegment address = address(path, arena);
      int length = FAMILY_BYTES + path.length;
      long sent =
          (long) SEND_TO.invokeExact(socket, message, (long) state.length, 0, address, length);
      if (sent != state.length) {
        throw new IllegalStateException(
            "nobody listens at " + new String(path, StandardCharsets.UTF_8));
      }
    } finally {
      int _ = (int) CLOSE.invokeExact(socket);
    }
  }

  /** A path, or with @ at its beginning a name in the abstract namespace. */
  private static MemorySegment address(byte[] path, Arena arena) {
    MemorySegment address = arena.allocate(FAMILY_BYTES + MAX_PATH_BYTES);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
    if (path[0] == '@') {
      address.set(ValueLayout.JAVA_BYTE, FAMILY_BYTES, (byte) 0);
    }
    return address;
  }

  private static final MethodHandle SOCKET =
      function(
          "socket",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));

  private static final MethodHandle SEND_TO =
      function(
          "sendto",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));

  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  @SuppressWarnings("restricted") // no more than three functions of the C library
  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
  }
}
