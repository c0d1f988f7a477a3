package io.ecluster.core.cluster;

import io.ecluster.core.cluster.Fanout.Answer;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.core.tracker.Identity;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Has IPFS nodes delete what nothing keeps. */
final class GarbageCollection {
  /** Go's limit for the collection itself. */
  private static final Duration TIMEOUT = Duration.ofHours(24);

  /** Removed blocks that are told of: the reply must fit a message. */
  private static final int MAX_KEYS = 500_000;

  private final IpfsNode ipfs;
  private final Supplier<Identity> self;

  GarbageCollection(IpfsNode ipfs, Supplier<Identity> self) {
    this.ipfs = ipfs;
    this.self = self;
  }

  RepoGc local() {
    List<RepoGc.Key> keys = new ArrayList<>();
    String error = "";
    try {
      ipfs.gc(cid -> {
        if (keys.size() < MAX_KEYS) {
          keys.add(new RepoGc.Key(Optional.of(cid), ""));
        }
      });
    } catch (IpfsException e) {
      error = String.valueOf(e.getMessage());
    }
    return new RepoGc(self.get().peer(), self.get().peerName(), keys, error);
  }

  Map<PeerId, RepoGc> everywhere(Members members, Fanout fanout) {
    Map<PeerId, RepoGc> all = new HashMap<>();
    fanout.call(
        members.all(),
        RpcMethods.CLUSTER_REPO_GC_LOCAL,
        Nothing.NOTHING,
        TIMEOUT,
        answer -> enter(answer, all));
    return all;
  }

  private static void enter(Answer<RepoGc> answer, Map<PeerId, RepoGc> all) {
    switch (answer) {
      case Answer.Reply<RepoGc>(PeerId peer, RepoGc gc) -> all.put(peer, gc);
      case Answer.Failure<RepoGc>(PeerId peer, String error) ->
          all.put(peer, new RepoGc(peer, "", List.of(), error));
    }
  }
}
