package io.ecluster.service.gateway;

import io.ecluster.multiformats.Multicodec;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a request wants of what is at a path. */
enum Format {
  /** A file as it is, a folder as a page. */
  PLAIN("", "", 0),
  RAW("raw", "application/vnd.ipld.raw", 0),
  CAR("car", "application/vnd.ipld.car", 0),
  TAR("tar", "application/x-tar", 0),
  DAG_JSON("dag-json", "application/vnd.ipld.dag-json", Multicodec.DAG_JSON),
  DAG_CBOR("dag-cbor", "application/vnd.ipld.dag-cbor", Multicodec.DAG_CBOR),
  JSON("json", "application/json", Multicodec.JSON),
  CBOR("cbor", "application/cbor", Multicodec.CBOR);

  private final String parameter;
  private final String mediaType;
  private final long codec;

  Format(String parameter, String mediaType, long codec) {
    this.parameter = parameter;
    this.mediaType = mediaType;
    this.codec = codec;
  }

  /** Its value of {@code format=}. */
  String parameter() {
    return parameter;
  }

  String mediaType() {
    return mediaType;
  }

  /** What a request asks for, and by which header if it was by one. */
  record Wanted(Format format, Optional<MediaType> accepted) {
    /** A parameter of the format: of the query, else of the header. */
    String option(Query query, String inQuery, String inHeader) {
      return query.has(inQuery)
          ? query.text(inQuery)
          : accepted.map(type -> type.parameter(inHeader)).orElse("");
    }
  }

  /** The query parameter counts more than {@code Accept}; an unknown value counts as none. */
  static Wanted of(Exchange x, Query query) {
    Optional<Format> named = byParameter(query.text("format"));
    return named
        .map(format -> new Wanted(format, Optional.empty()))
        .or(() -> MediaType.list(x.header("Accept")).stream().flatMap(Format::accepted).findFirst())
        .orElse(new Wanted(PLAIN, Optional.empty()));
  }

  private static Optional<Format> byParameter(String value) {
    return special().filter(format -> format.parameter.equals(value)).findFirst();
  }

  private static Stream<Wanted> accepted(MediaType type) {
    return special()
        .filter(format -> format.mediaType.equals(type.name().toLowerCase(Locale.ROOT)))
        .map(format -> new Wanted(format, Optional.of(type)));
  }

  private static Stream<Format> special() {
    return Stream.of(values()).filter(format -> format != PLAIN);
  }

  /** As what a block of a codec is shown that is neither UnixFS nor asked for otherwise. */
  static Optional<Format> ofCodec(long codec) {
    return Stream.of(values())
        .filter(format -> format.codec != 0 && format.codec == codec)
        .findFirst();
  }

  /** Whether a block of that codec is already in this format: every dag-json is JSON. */
  boolean holds(long other) {
    return codec == other
        || (this == JSON && other == Multicodec.DAG_JSON)
        || (this == CBOR && other == Multicodec.DAG_CBOR);
  }

  /** Whether files are shown as they are when this is asked for: there is no JSON of them. */
  boolean leavesFiles() {
    return this == PLAIN || this == JSON || this == CBOR;
  }
}
