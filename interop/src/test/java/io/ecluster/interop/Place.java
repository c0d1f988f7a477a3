package io.ecluster.interop;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a process runs and listens.
 *
 * @param launcher words before those of a command, none to run it as it is
 * @param apiHost IPv4 address for its HTTP APIs, which the tests reach
 * @param swarmHost IPv4 address for other peers
 */
public record Place(List<String> launcher, String apiHost, String swarmHost) {
  /** All on this machine's loopback interface. */
  public static final Place LOOPBACK = new Place(List.of(), "127.0.0.1", "127.0.0.1");

  List<String> launching(List<String> command) {
    List<String> words = new ArrayList<>(launcher);
    words.addAll(command);
    return words;
  }

  String api(int port) {
    return "/ip4/" + apiHost + "/tcp/" + port;
  }

  String swarm(int port) {
    return "/ip4/" + swarmHost + "/tcp/" + port;
  }
}
