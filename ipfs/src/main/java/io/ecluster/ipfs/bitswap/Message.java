package io.ecluster.ipfs.bitswap;

import java.util.List;

/**
 * One bitswap message.
 *
 * @param full the wants replace all earlier ones
 */
record Message(List<Want> wants, boolean full, List<Payload> blocks, List<Presence> presences) {
  Message {
    wants = List.copyOf(wants);
    blocks = List.copyOf(blocks);
    presences = List.copyOf(presences);
  }

  static Message wants(List<Want> wants) {
    return new Message(wants, false, List.of(), List.of());
  }

  static Message reply(List<Payload> blocks, List<Presence> presences) {
    return new Message(List.of(), false, blocks, presences);
  }
}
