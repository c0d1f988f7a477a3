package io.ecluster.core.cluster;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.rpc.ConnectGraph;
import io.ecluster.core.rpc.RepoGc;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a peer can be asked to do, by its APIs. Errors are {@link PinNotFoundException}, {@link
 * NotEnoughPeersException}, {@link IllegalArgumentException} for a bad request, and other runtime
 * exceptions for what failed inside.
 */
public interface Cluster {
  PeerInfo id();

  /** All members, oneself included; those that do not answer carry an error. */
  void peers(Consumer<PeerInfo> each);

  PeerInfo addPeer(PeerId peer);

  /** Always refused: the members of a CRDT cluster are those who publish. */
  void removePeer(PeerId peer);

  /** Sets defaults, checks, allocates unless the pin carries allocations, and commits. */
  Pin pin(Pin pin);

  /** Pins what a path such as {@code /ipfs/CID/a} leads to. */
  Pin pinPath(String path, PinOptions options);

  /** Removes a pin, and with a meta pin all its parts. */
  Pin unpin(Cid cid);

  Pin unpinPath(String path);

  Optional<Pin> allocation(Cid cid);

  /** All pins. Close the stream. */
  Stream<Pin> allocations();

  GlobalPinInfo status(Cid cid, boolean local);

  void statusAll(int filter, boolean local, Consumer<GlobalPinInfo> each);

  GlobalPinInfo recover(Cid cid, boolean local);

  /** Retries what failed; tells only of what it acted on. */
  void recoverAll(boolean local, Consumer<GlobalPinInfo> each);

  Map<PeerId, RepoGc> repoGc(boolean local);

  List<Metric> metrics(String name);

  List<String> metricNames();

  List<Monitor.Alert> alerts();

  ConnectGraph graph();
}
