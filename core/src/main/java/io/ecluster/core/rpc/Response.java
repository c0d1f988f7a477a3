package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.Field.omitted;

import java.util.List;

/**
 * What precedes each reply.
 *
 * @param error empty when the call went well
 */
record Response(ServiceId id, String error, RpcException.Kind kind) {
  private static final Field<Response, ServiceId> SERVICE =
      omitted("Service", ServiceId.CODEC, ServiceId.NONE, Response::id);
  private static final Field<Response, String> ERROR =
      omitted("Error", Codecs.STRING, "", Response::error);
  private static final Field<Response, Integer> ERROR_TYPE =
      omitted("ErrType", Codecs.INT, 0, response -> response.kind().number());

  static final Codec<Response> CODEC =
      new StructCodec<>(
          List.of(SERVICE, ERROR, ERROR_TYPE),
          values ->
              new Response(
                  values.get(SERVICE),
                  values.get(ERROR),
                  RpcException.Kind.of(values.get(ERROR_TYPE))));

  static Response ok(ServiceId id) {
    return new Response(id, "", RpcException.Kind.METHOD);
  }

  boolean failed() {
    return !error.isEmpty();
  }
}
