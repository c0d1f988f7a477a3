package io.ecluster.service.state;

import io.ecluster.core.consensus.OfflineState;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.RocksDatastore;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where a peer keeps its records. They are replaced as a whole: new ones are made beside them, and
 * take their place by renaming. Whatever moment that is cut short at, the next one to open the
 * folder finds the old records or the new ones.
 *
 * @param path the folder with the records
 */
public record StateFolder(Path path) {
  /** What the Go program calls the folders of its own records. */
  private static final List<String> OF_GO = List.of("pebble", "badger3", "badger", "leveldb");

  public static StateFolder of(Folder folder, Settings settings) {
    return new StateFolder(folder.resolve(settings.datastoreFolder()));
  }

  /**
   * Opens the records, or makes the first ones.
   *
   * @throws io.ecluster.core.state.DatastoreException if that cannot be done
   */
  public RocksDatastore open() {
    finishReplacing();
    return RocksDatastore.open(path);
  }

  /**
   * The folder with records of the Go program that lies beside while there are none of ours: they
   * are not read.
   */
  public Stream<Path> unreadable() {
    return Files.exists(path)
        ? Stream.of()
        : OF_GO.stream().map(path::resolveSibling).filter(Files::isDirectory);
  }

  /** Fills new records and puts them in the place of the present ones. */
  void replace(Consumer<OfflineState> fill) {
    finishReplacing();
    delete(fresh());
    try (Datastore store = RocksDatastore.open(fresh(), true)) {
      fill.accept(new OfflineState(store));
    } catch (RuntimeException e) {
      delete(fresh());
      throw e;
    }
    if (Files.exists(path)) {
      move(path, old());
    }
    move(fresh(), path);
    delete(old());
  }

  /** Removes the records. */
  public void clean() {
    finishReplacing();
    delete(path);
  }

  private void finishReplacing() {
    if (Files.exists(path)) {
      delete(old());
    } else if (Files.exists(old())) {
      move(old(), path);
    }
  }

  private Path fresh() {
    return path.resolveSibling(path.getFileName() + ".new");
  }

  private Path old() {
    return path.resolveSibling(path.getFileName() + ".old");
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ConfigException("cannot rename " + from + " to " + to + ": " + e.getMessage(), e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.of()) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new ConfigException("cannot remove " + folder + ": " + e.getMessage(), e);
    }
  }
}
