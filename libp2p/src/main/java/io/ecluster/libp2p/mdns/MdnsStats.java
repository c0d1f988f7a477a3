package io.ecluster.libp2p.mdns;

/**
 * What was heard.
 *
 * @param packets from the group, of whatever kind
 * @param malformed dropped since they could not be read
 * @param foreign dropped since they came from outside of our networks
 */
public record MdnsStats(long packets, long malformed, long foreign) {}
