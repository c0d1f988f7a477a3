package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.rpc.RpcMethod.Access;
import io.ecluster.libp2p.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may call what, as measured on live Go daemons with an argument that cannot be decoded. */
class RpcPolicyTest {
  private static final Vectors VECTORS = Vectors.load("rpc_policy_live");

  static Stream<String> methods() {
    return VECTORS.all().stream()
        .map(v -> v.text("name"))
        .filter(name -> !name.contains("fork only"));
  }

  @Test
  void theTableIsComplete() {
    assertThat(RpcMethods.ALL.stream().map(m -> ServiceId.of(m).toString()))
        .containsExactlyInAnyOrderElementsOf(methods().toList());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void hasTheAccessThatGoHas(String name) {
    String access = VECTORS.named(name).text("description").toUpperCase(Locale.ROOT);
    assertThat(method(name).access()).isEqualTo(Access.valueOf(access));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void answersATrustedCallerAsGoDoes(String name) throws IOException {
    RpcMethod<?, ?> method = method(name);
    try (RpcPeers peers = new RpcPeers()) {
      if (method.access() != Access.CLOSED && !method.streaming()) {
        serve(peers.server, method);
      }
      String expected =
          VECTORS.named(name).node().get("extra").get("responseHex_trusted_caller").asString();
      if (!method.streaming() || method.access() == Access.CLOSED) {
        assertThat(HexFormat.of().formatHex(peers.answer(undecodable(method), false)))
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void refusesAStrangerAllThatIsNotOpen(String name) throws IOException {
    RpcMethod<?, ?> method = method(name);
    try (RpcPeers peers = new RpcPeers()) {
      peers.trusted.clear();
      MsgReader answer = Bytes.reader(peers.answer(undecodable(method), true));
      Response response = Response.CODEC.read(answer);
      assertThat(response.kind() == RpcException.Kind.UNAUTHORIZED)
          .isEqualTo(method.access() != Access.OPEN);
      assertThat(answer.nil()).isTrue();
    }
  }

  private static <A, R> void serve(Gorpc server, RpcMethod<A, R> method) {
    server.serve(
        method,
        (caller, argument) -> {
          throw new IllegalStateException("called with garbage");
        });
  }

  private static byte[] undecodable(RpcMethod<?, ?> method) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ServiceId.CODEC.write(new MsgWriter(out), ServiceId.of(method));
    out.write(0xc1);
    return out.toByteArray();
  }

  private static RpcMethod<?, ?> method(String name) {
    return RpcMethods.ALL.stream()
        .filter(m -> ServiceId.of(m).toString().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
