package io.ecluster.libp2p.pubsub;

/**
 * What came, went and was thrown away since the start.
 *
 * @param published messages of our own
 * @param delivered messages of others that a subscriber of ours got
 * @param sentFrames frames written to peers
 * @param receivedFrames frames read from peers
 * @param invalid messages without a valid signature
 * @param refused messages whose author or content the validator refused
 * @param duplicates copies of messages already known
 * @param hostileStreams streams cut because of a frame that is too large or malformed
 * @param droppedFrames frames that a slow peer did not get
 * @param droppedDeliveries messages that a slow subscriber of ours did not get
 */
public record GossipsubStats(
    long published,
    long delivered,
    long sentFrames,
    long receivedFrames,
    long invalid,
    long refused,
    long duplicates,
    long hostileStreams,
    long droppedFrames,
    long droppedDeliveries) {}
