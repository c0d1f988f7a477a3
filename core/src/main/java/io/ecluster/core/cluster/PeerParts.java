package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.libp2p.Host;
import java.time.InstantSource;

/**
 * What a cluster peer is made of. It starts and stops the tracker; the other parts belong to
 * whoever made them.
 */
public record PeerParts(
    Host host,
    IpfsNode ipfs,
    Consensus consensus,
    StatelessTracker tracker,
    Monitor monitor,
    Rpc rpc,
    Allocator allocator,
    CodedPins codedPins,
    AddsInProgress adds,
    PeerDirectory directory,
    SelfIdentity self,
    InstantSource clock) {}
