package io.ecluster.service.api;

import io.ecluster.adder.AddEntry;
import io.ecluster.adder.AddEvent;
import io.ecluster.adder.AddRequest;
import io.ecluster.adder.Adder;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads all entries, tells of each, and remembers what it was asked. */
public final class FakeAdder implements Adder {
  public final List<AddRequest> requests = new CopyOnWriteArrayList<>();
  public final List<String> entries = new CopyOnWriteArrayList<>();

  /** How the last add ended: empty, or what it failed with. */
  final CompletableFuture<Optional<RuntimeException>> ended = new CompletableFuture<>();

  private @Nullable RuntimeException atOnce;
  private @Nullable RuntimeException atTheEnd;

  void failAtOnceWith(RuntimeException error) {
    atOnce = error;
  }

  void failAtTheEndWith(RuntimeException error) {
    atTheEnd = error;
  }

  @Override
  public Cid add(AddRequest request, Iterator<AddEntry> all, Consumer<AddEvent> events) {
    requests.add(request);
    try {
      fail(atOnce);
      all.forEachRemaining(entry -> events.accept(event(entry)));
      fail(atTheEnd);
      events.accept(root(request));
      ended.complete(Optional.empty());
      return FakeCluster.CID;
    } catch (RuntimeException e) {
      ended.complete(Optional.of(e));
      throw e;
    }
  }

  private static void fail(@Nullable RuntimeException error) {
    if (error != null) {
      throw error;
    }
  }

  private AddEvent event(AddEntry entry) {
    long size = entry instanceof AddEntry.File(String _, InputStream content) ? read(content) : 0;
    entries.add(entry.path() + " " + size);
    return new AddEvent(
        entry.path(), Optional.of(FakeCluster.CID), 0, size, List.of(), Optional.empty());
  }

  private static long read(InputStream content) {
    try {
      return content.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AddEvent root(AddRequest request) {
    List<String> relaxed = new ArrayList<>(List.of("one <rule>"));
    return new AddEvent(
        "",
        Optional.of(FakeCluster.OTHER),
        0,
        77,
        List.of(FakeCluster.ONE),
        request
            .coding()
            .map(c ->
                new AddEvent.Receipt(c.dataShards(), c.parityShards(), 1, 1000, 1500, 2, relaxed)));
  }
}
