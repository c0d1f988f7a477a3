package io.ecluster.multiformats;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A self-describing network address: a list of protocol and value pairs. Immutable. */
public record Multiaddr(List<Part> parts) {
  /** One protocol with its value in text form, empty for protocols without one. */
  public record Part(AddressProtocol protocol, String value) {
    @Override
    public String toString() {
      return protocol.hasValue() ? "/" + protocol.text() + "/" + value : "/" + protocol.text();
    }
  }

  public Multiaddr {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new FormatException("empty multiaddr");
    }
  }

  /**
   * Parses text such as {@code /ip4/127.0.0.1/tcp/9096/p2p/12D3KooW…}.
   *
   * @throws FormatException naming the part that is wrong
   */
  public static Multiaddr parse(String text) {
    if (!text.startsWith("/")) {
      throw new FormatException("multiaddr must begin with '/': " + text);
    }
    String[] words = withoutTrailingSlashes(text).split("/", -1);
    List<Part> parts = new ArrayList<>();
    for (int i = 1; i < words.length; ) {
      AddressProtocol protocol = AddressProtocol.byName(words[i++]);
      if (protocol.isPath()) {
        parts.add(new Part(protocol, path(protocol, words, i)));
        break;
      }
      parts.add(new Part(protocol, protocol.hasValue() ? value(protocol, words, i++) : ""));
    }
    return new Multiaddr(parts);
  }

  private static String withoutTrailingSlashes(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  /**
   * Parses the binary form.
   *
   * @throws FormatException if a protocol is unknown or a value is cut short
   */
  public static Multiaddr fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    List<Part> parts = new ArrayList<>();
    while (in.hasRemaining()) {
      AddressProtocol protocol = AddressProtocol.byCode(Varint.get(in));
      parts.add(new Part(protocol, protocol.readValue(in)));
    }
    return new Multiaddr(parts);
  }

  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Part part : parts) {
      Varint.write(out, part.protocol().code());
      part.protocol().writeValue(out, part.value());
    }
    return out.toByteArray();
  }

  /** The value of the first part with this protocol. */
  public Optional<String> value(AddressProtocol protocol) {
    return parts.stream().filter(p -> p.protocol() == protocol).map(Part::value).findFirst();
  }

  /** The peer id that the address ends in, if it does. */
  public Optional<PeerId> peerId() {
    Part last = parts.getLast();
    return last.protocol() == AddressProtocol.P2P
        ? Optional.of(PeerId.parse(last.value()))
        : Optional.empty();
  }

  /** This address with {@code /p2p/ID} at its end, replacing one that is there. */
  public Multiaddr withPeerId(PeerId id) {
    List<Part> longer = new ArrayList<>(withoutTrailingPeerId());
    longer.add(new Part(AddressProtocol.P2P, id.toString()));
    return new Multiaddr(longer);
  }

  /**
   * This address without {@code /p2p/ID} at its end.
   *
   * @throws FormatException if nothing else is there
   */
  public Multiaddr withoutPeerId() {
    return new Multiaddr(withoutTrailingPeerId());
  }

  private List<Part> withoutTrailingPeerId() {
    boolean ends = parts.getLast().protocol() == AddressProtocol.P2P;
    return ends ? parts.subList(0, parts.size() - 1) : parts;
  }

  private static String path(AddressProtocol protocol, String[] words, int from) {
    if (from == words.length) {
      throw new FormatException("multiaddr protocol " + protocol.text() + " needs a value");
    }
    return protocol.normalise(String.join("/", List.of(words).subList(from, words.length)));
  }

  private static String value(AddressProtocol protocol, String[] words, int index) {
    if (index >= words.length || words[index].isEmpty()) {
      throw new FormatException("multiaddr protocol " + protocol.text() + " needs a value");
    }
    return protocol.normalise(words[index]);
  }

  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining());
  }
}
