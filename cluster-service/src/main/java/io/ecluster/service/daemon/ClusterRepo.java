package io.ecluster.service.daemon;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The repositories of all members as one. */
final class ClusterRepo {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterRepo.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Rpc rpc;
  private final Supplier<List<PeerId>> members;

  ClusterRepo(Rpc rpc, Supplier<List<PeerId>> members) {
    this.rpc = rpc;
    this.members = members;
  }

  /** Sums; members that do not answer are left out, as in Go. */
  RepoStat stat() {
    return AtOnce.map(members.get(), this::of).stream()
        .reduce(
            new RepoStat(0, 0),
            (a, b) -> new RepoStat(a.repoSize() + b.repoSize(), a.storageMax() + b.storageMax()));
  }

  private RepoStat of(PeerId peer) {
    try {
      return rpc.call(peer, RpcMethods.IPFS_REPO_STAT, Nothing.NOTHING, PATIENCE);
    } catch (RpcException e) {
      LOG.info("{} does not tell of its repository: {}", peer, e.getMessage());
      return new RepoStat(0, 0);
    }
  }
}
