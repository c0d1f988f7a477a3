package io.ecluster.service.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a datagram socket of Python, since the JDK has none. */
class SystemdNoticeTest {
  private static final String LISTENER =
      """
      import socket, sys
      name = sys.argv[1]
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.bind("\\0" + name[1:] if name[0] == "@" else name)
      print("bound", flush=True)
      print(s.recv(100).decode(), flush=True)
      """;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"path", "abstract"})
  void theStateArrives(String kind) throws IOException, InterruptedException {
    assumeThat(Path.of("/usr/bin/python3")).exists();
    String name =
        kind.equals("path")
            ? temp.resolve("notify").toString()
            : "@ecluster-test-" + ProcessHandle.current().pid();
    Path script = Files.writeString(temp.resolve("listener.py"), LISTENER);
    Process listener =
        new ProcessBuilder("/usr/bin/python3", script.toString(), name)
            .redirectErrorStream(true)
            .start();
    try (InputStream out = listener.getInputStream()) {
      assertThat(line(out)).isEqualTo("bound");
      SystemdNotice.send(SystemdNotice.READY, Map.of("NOTIFY_SOCKET", name));
      assertThat(line(out)).isEqualTo("READY=1");
    } finally {
      listener.destroyForcibly().waitFor();
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  @Test
  void thatNobodyListensStopsNobody() {
    SystemdNotice.send(SystemdNotice.READY, Map.of());
    SystemdNotice.send(
        SystemdNotice.READY, Map.of("NOTIFY_SOCKET", temp.resolve("none").toString()));
    SystemdNotice.send(SystemdNotice.READY, Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200)));
    assertThat(temp.resolve("none")).doesNotExist();
  }
}
