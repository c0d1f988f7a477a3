package io.ecluster.core.state;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Writes numbered records for ever and says which it has written, until it is killed. */
final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] args) throws IOException {
    Datastore store = RocksDatastore.open(Path.of(args[0]));
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      for (int i = 0; i < Integer.MAX_VALUE; i++) {
        String number = "%09d".formatted(i);
        store.write(
            List.of(
                DatastoreContract.put("first/" + number, "x".repeat(100)),
                DatastoreContract.put("second/" + number, "y".repeat(100))));
        out.write((number + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
