package io.ecluster.core.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.state.Datastore.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class RocksDatastoreTest extends DatastoreContract {
  private static final int WRITES_BEFORE_KILL = 2000;

  @TempDir Path folder;
  private Datastore store;

  @BeforeEach
  void open() {
    store = RocksDatastore.open(folder.resolve("new/folder"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  Datastore store() {
    return store;
  }

  @Test
  void keepsRecordsWhenClosedAndOpenedAgain() {
    store.write(List.of(put("a", "1")));
    store.close();
    open();

    assertThat(store.get("a".getBytes(UTF_8))).contains("1".getBytes(UTF_8));
  }

  @Test
  void saysThatAnotherHasTheFolder() {
    assertThatThrownBy(() -> RocksDatastore.open(folder.resolve("new/folder")))
        .isInstanceOf(DatastoreException.Locked.class)
        .hasMessageContaining("in use by another process")
        .hasMessageContaining("new/folder");
  }

  @Test
  void saysThatTheFolderCannotBeMade() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> RocksDatastore.open(file.resolve("sub")))
        .isInstanceOf(DatastoreException.class)
        .hasMessageContaining("cannot create");
  }

  @Test
  void saysThatTheDiskIsFull() {
    Status full = new Status(Status.Code.IOError, Status.SubCode.NoSpace, "x");

    assertThat(RocksDatastore.explained("write", folder, new RocksDBException("x", full)))
        .isInstanceOf(DatastoreException.DiskFull.class)
        .hasMessageContaining("disk is full");
    assertThat(RocksDatastore.explained("write", folder, new RocksDBException("Corrupt block")))
        .isExactlyInstanceOf(DatastoreException.class);
  }

  @Test
  void refusesToWorkOnceClosedInsteadOfCrashing() {
    store.write(List.of(put("a", "1"), put("b", "2")));
    try (Stream<Entry> entries = store.scan(new byte[0])) {
      Iterator<Entry> iterator = entries.iterator();
      iterator.next();
      store.close();
      store.close();

      assertThatThrownBy(iterator::next).isInstanceOf(DatastoreException.class);
    }
    assertThatThrownBy(() -> store.get(new byte[1])).hasMessageContaining("closed");
    assertThatThrownBy(() -> store.write(List.of())).hasMessageContaining("closed");
  }

  @Test
  void aScanMayBeLeftBeforeItsEnd() {
    for (int i = 0; i < 1000; i++) {
      store.write(List.of(put("%04d".formatted(i), "")));
    }
    for (int i = 0; i < 1000; i++) {
      try (Stream<Entry> entries = store.scan("05".getBytes(UTF_8))) {
        assertThat(entries.limit(3).count()).isEqualTo(3);
      }
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesAKilledProcessAndBatchesAreWhole() throws Exception {
    Path shared = folder.resolve("killed");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Process writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-Djava.io.tmpdir=" + temporary,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                shared.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int acknowledged = 0;
    try (BufferedReader lines = writer.inputReader()) {
      String line = lines.readLine();
      while (line != null && acknowledged < WRITES_BEFORE_KILL) {
        acknowledged = Integer.parseInt(line);
        line = lines.readLine();
      }
      writer.destroyForcibly();
    }
    writer.waitFor();

    assertThat(acknowledged).isEqualTo(WRITES_BEFORE_KILL);
    assertThat(temporary).as("what it unpacked").isEmptyDirectory();
    try (Datastore reopened = RocksDatastore.open(shared)) {
      List<String> first = keys(reopened, "first/");
      List<String> second = keys(reopened, "second/");
      assertThat(first).hasSizeGreaterThan(acknowledged);
      assertThat(second).hasSameSizeAs(first);
    }
  }
}
