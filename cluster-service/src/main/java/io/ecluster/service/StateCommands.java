package io.ecluster.service;

import io.ecluster.client.Json;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.consensus.OfflineState;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.Datastore;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Folder;
import io.ecluster.service.state.PinJson;
import io.ecluster.service.state.StateFolder;
import io.ecluster.service.state.StateImport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/** The {@code state} commands: on the pinset of a peer that is not running. */
final class StateCommands {
  private StateCommands() {}

  static int export(Invocation invocation) {
    return onState(invocation, state -> writeTo(invocation, out -> writePins(state, out)));
  }

  private static void writePins(OfflineState state, Writer out) throws IOException {
    try (Stream<Pin> pins = state.pins().list()) {
      for (Pin pin : (Iterable<Pin>) pins::iterator) {
        out.append(Json.write(PinJson.write(pin))).append('\n');
      }
    }
  }

  static int importState(Invocation invocation) {
    Optional<String> file = invocation.operand();
    StateImport.Overrides overrides =
        new StateImport.Overrides(
            invocation.number("--replication-min"),
            invocation.number("--replication-max"),
            invocation.items("--allocations").stream().map(StateCommands::peer).toList());
    return locked(
        invocation,
        folder -> {
          String warning = "The pinset (state) of this peer will be replaced.";
          if (invocation.flag("--force") || invocation.console().confirm(warning)) {
            importFrom(invocation, file, folder, overrides);
          }
        });
  }

  private static PeerId peer(String text) {
    try {
      return PeerId.parse(text);
    } catch (FormatException e) {
      throw new ConfigException("--allocations: " + e.getMessage(), e);
    }
  }

  private static void importFrom(
      Invocation invocation,
      Optional<String> file,
      Folder folder,
      StateImport.Overrides overrides) {
    StateFolder state = stateFolder(invocation);
    if (file.isPresent()) {
      report(invocation, StateImport.run(Path.of(file.get()), state, overrides));
      return;
    }
    invocation.console().out().println("reading from stdin, Ctrl-D to finish");
    try {
      Path spooled = Files.createTempFile(folder.path(), "import", ".json");
      try {
        Files.copy(invocation.console().in(), spooled, StandardCopyOption.REPLACE_EXISTING);
        report(invocation, StateImport.run(spooled, state, overrides));
      } finally {
        Files.deleteIfExists(spooled);
      }
    } catch (IOException e) {
      throw new ConfigException("cannot read the export from stdin: " + e.getMessage(), e);
    }
  }

  private static void report(Invocation invocation, StateImport.Result result) {
    invocation.console().err().println(result.imported() + " pins imported");
    if (!result.toAddAgain().isEmpty()) {
      invocation
          .console()
          .err()
          .println("coded by the erasure fork and left out; add these again with --erasure:");
    }
    for (Pin pin : result.toAddAgain()) {
      invocation.console().err().println(pin.cid() + " " + pin.options().name());
    }
  }

  static int cleanUp(Invocation invocation) {
    return locked(
        invocation,
        _ -> {
          String warning = "The peer state will be removed.  Existing pins may be lost.";
          if (invocation.flag("--force") || invocation.console().confirm(warning)) {
            stateFolder(invocation).clean();
          }
        });
  }

  static int info(Invocation invocation) {
    return onState(
        invocation,
        state -> {
          Consensus.Heads heads = state.heads();
          String cids = String.join(" ", heads.cids().stream().map(Object::toString).toList());
          invocation
              .console()
              .out()
              .printf(
                  "Number of heads: %d. Current max-height: %s. Dirty: %b%nHeads: [%s]",
                  heads.cids().size(),
                  Long.toUnsignedString(heads.maxHeight()),
                  heads.dirty(),
                  cids);
        });
  }

  static int dot(Invocation invocation) {
    return onState(invocation, state -> writeTo(invocation, state::writeDot));
  }

  static int markDirty(Invocation invocation) {
    return onState(
        invocation,
        state -> {
          state.markDirty();
          invocation.console().out().println("Datastore marked 'dirty'");
        });
  }

  static int markClean(Invocation invocation) {
    return onState(
        invocation,
        state -> {
          state.markClean();
          invocation.console().out().println("Datastore marked 'clean'");
        });
  }

  private interface Work<T> {
    void on(T what) throws IOException;
  }

  private static int onState(Invocation invocation, Work<OfflineState> work) {
    return locked(
        invocation,
        _ -> {
          try (Datastore store = stateFolder(invocation).open()) {
            work.on(new OfflineState(store));
          }
        });
  }

  private static StateFolder stateFolder(Invocation invocation) {
    Folder folder = invocation.folder();
    return StateFolder.of(folder, folder.settings(invocation.environment()));
  }

  private static int locked(Invocation invocation, Work<Folder> work) {
    Folder folder = invocation.folder();
    if (!folder.initialised()) {
      throw Folder.notInitialised(folder.path());
    }
    try (Folder.Lock _ = folder.lock()) {
      work.on(folder);
      return Main.OK;
    } catch (IOException e) {
      throw new ConfigException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  /** To the file that {@code --file} names, or to the terminal. */
  private static void writeTo(Invocation invocation, Work<Writer> work) throws IOException {
    String file = invocation.text("--file");
    if (file.isEmpty()) {
      Writer out =
          new BufferedWriter(
              new OutputStreamWriter(invocation.console().out(), StandardCharsets.UTF_8));
      work.on(out);
      out.flush();
    } else {
      writeFile(Path.of(file), work);
    }
  }

  private static void writeFile(Path file, Work<Writer> work) {
    try (Writer out = Files.newBufferedWriter(file)) {
      work.on(out);
    } catch (IOException e) {
      throw new ConfigException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
