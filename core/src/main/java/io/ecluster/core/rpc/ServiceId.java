package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.Field.always;

import java.util.List;

/** Names the method of a call: what a client sends first. */
record ServiceId(String service, String method) {
  static final ServiceId NONE = new ServiceId("", "");

  private static final Field<ServiceId, String> SERVICE =
      always("Name", Codecs.STRING, "", ServiceId::service);
  private static final Field<ServiceId, String> METHOD =
      always("Method", Codecs.STRING, "", ServiceId::method);

  static final Codec<ServiceId> CODEC =
      new StructCodec<>(
          List.of(SERVICE, METHOD),
          values -> new ServiceId(values.get(SERVICE), values.get(METHOD)));

  static ServiceId of(RpcMethod<?, ?> method) {
    return new ServiceId(method.service(), method.name());
  }

  @Override
  public String toString() {
    return service + "." + method;
  }
}
