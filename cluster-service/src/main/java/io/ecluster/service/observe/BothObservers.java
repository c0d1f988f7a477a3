package io.ecluster.service.observe;

import io.ecluster.adder.Adder;
import io.ecluster.core.rpc.CallWatch;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.GroupReport;
import io.ecluster.recovery.RecoveryWatch;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.read.Blocks;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** Two observers of one peer. */
record BothObservers(Observer first, Observer second) implements Observer {
  @Override
  public CallWatch calls() {
    CallWatch a = first.calls();
    CallWatch b = second.calls();
    return (side, method, peer) -> {
      CallWatch.UnderWay one = a.begun(side, method, peer);
      CallWatch.UnderWay other = b.begun(side, method, peer);
      return failure -> {
        other.ended(failure);
        one.ended(failure);
      };
    };
  }

  @Override
  public HttpWatch http(String server) {
    HttpWatch a = first.http(server);
    HttpWatch b = second.http(server);
    return x -> {
      HttpWatch.UnderWay one = a.begun(x);
      HttpWatch.UnderWay other = b.begun(x);
      return broken -> {
        other.ended(broken);
        one.ended(broken);
      };
    };
  }

  @Override
  public RecoveryWatch recovery() {
    RecoveryWatch a = first.recovery();
    RecoveryWatch b = second.recovery();
    return new RecoveryWatch() {
      @Override
      public void stripe(Work work, Duration took, long bytes) {
        a.stripe(work, took, bytes);
        b.stripe(work, took, bytes);
      }

      @Override
      public void reported(GroupReport report, Duration took) {
        a.reported(report, took);
        b.reported(report, took);
      }
    };
  }

  @Override
  public LongConsumer stripeNanos() {
    return first.stripeNanos().andThen(second.stripeNanos());
  }

  @Override
  public IpfsNode node(IpfsNode node) {
    return second.node(first.node(node));
  }

  @Override
  public Adder adder(Adder adder) {
    return second.adder(first.adder(adder));
  }

  @Override
  public Blocks reads(Blocks blocks) {
    return second.reads(first.reads(blocks));
  }

  @Override
  public BiConsumer<Cid, Integer> degraded(BiConsumer<Cid, Integer> next) {
    return second.degraded(first.degraded(next));
  }
}
