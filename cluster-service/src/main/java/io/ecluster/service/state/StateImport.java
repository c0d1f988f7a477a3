package io.ecluster.service.state;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.core.consensus.OfflineState;
import io.ecluster.core.pin.Pin;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.config.ConfigException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Replaces the state of a peer by what a file says: pins as JSON, one after the other. The file is
 * read twice. The first time everything is looked at, so that nothing is touched if it cannot be
 * understood.
 */
public final class StateImport {
  /** Pins held in memory at a time. */
  private static final int BATCH = 1000;

  private final Path file;
  private final Overrides overrides;
  private final ForkPins fork = new ForkPins();
  private long imported;

  /**
   * What is changed in all pins.
   *
   * @param replicationMin 0 leaves it as it is
   * @param replicationMax 0 leaves it as it is
   * @param allocations none leaves them as they are
   */
  public record Overrides(int replicationMin, int replicationMax, List<PeerId> allocations) {
    public static final Overrides NONE = new Overrides(0, 0, List.of());

    public Overrides {
      allocations = List.copyOf(allocations);
    }

    private Pin apply(Pin pin) {
      int min = replicationMin > 0 ? replicationMin : pin.options().replicationMin();
      int max = replicationMax > 0 ? replicationMax : pin.options().replicationMax();
      Pin changed = pin.withOptions(pin.options().withReplication(min, max));
      return allocations.isEmpty() ? changed : changed.withAllocations(allocations);
    }
  }

  /**
   * What became of it.
   *
   * @param toAddAgain files that the erasure fork of the Go program coded
   */
  public record Result(long imported, List<Pin> toAddAgain) {
    public Result {
      toAddAgain = List.copyOf(toAddAgain);
    }
  }

  private StateImport(Path file, Overrides overrides) {
    this.file = file;
    this.overrides = overrides;
  }

  /**
   * Imports a file.
   *
   * @throws ConfigException if it cannot be read or understood; the state is as it was
   */
  public static Result run(Path file, StateFolder folder, Overrides overrides) {
    StateImport running = new StateImport(file, overrides);
    running.read(running.fork::look);
    folder.replace(running::fill);
    return new Result(running.imported, running.fork.files());
  }

  private void fill(OfflineState state) {
    List<Pin> batch = new ArrayList<>();
    read((json, pin) -> {
      if (!fork.leavesOut(json, pin)) {
        batch.add(overrides.apply(pin));
        imported++;
      }
      if (batch.size() == BATCH) {
        state.add(batch);
        batch.clear();
      }
    });
    state.add(batch);
  }

  private void read(BiConsumer<JsonObject, Pin> take) {
    long number = 1;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Json.Documents documents = Json.documents(in);
      for (Object next = documents.next(); next != null; next = documents.next()) {
        JsonObject json = JsonObject.of(next);
        take.accept(json, PinJson.read(json));
        number++;
      }
    } catch (JsonException | FormatException e) {
      throw new ConfigException(
          "pin "
              + number
              + " of "
              + file
              + " cannot be read, nothing was imported: "
              + e.getMessage(),
          e);
    } catch (IOException | UncheckedIOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
