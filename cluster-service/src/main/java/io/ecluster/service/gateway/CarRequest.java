package io.ecluster.service.gateway;

import io.ecluster.multiformats.Multibase;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Query;
import io.ecluster.service.read.ContentPath;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Which blocks of a DAG a CAR shall have. */
record CarRequest(Scope scope, Optional<Bytes> bytes) {
  private static final Pattern BYTES = Pattern.compile("(-?\\d{1,18}):(-?\\d{1,18}|\\*)");
  private static final String TYPE = "application/vnd.ipld.car";

  /** How much is wanted of what is at the end of a path. */
  enum Scope {
    /** Its block. */
    BLOCK,
    /** A file with its bytes, a folder without what is in it. */
    ENTITY,
    /** All below it. */
    ALL
  }

  /**
   * Part of a file: first and last byte, both counted from its end if negative; no last for all.
   */
  record Bytes(long first, Optional<Long> last) {
    long from(long size) {
      return Math.clamp(first < 0 ? size + first : first, 0, size);
    }

    /** One behind the last. */
    long to(long size) {
      long end = last.map(at -> (at < 0 ? size + at : at) + 1).orElse(size);
      return Math.clamp(end, from(size), size);
    }
  }

  /**
   * Reads what was asked for.
   *
   * @throws ApiException with 400 if it is nonsense, or a CAR that is not written here
   */
  static CarRequest of(Target target) {
    Query query = target.query();
    String version = target.wanted().option(query, "car-version", "version");
    if (!version.isEmpty() && !version.equals("1")) {
      throw ApiException.badRequest(
          "unsupported " + TYPE + " version: only version=1 is supported");
    }
    String order = target.wanted().option(query, "car-order", "order");
    if (!order.isEmpty() && !order.equals("dfs") && !order.equals("unk")) {
      throw ApiException.badRequest(
          "unsupported " + TYPE + " content type order parameter: use dfs or unk");
    }
    Optional<Bytes> bytes =
        query.has("entity-bytes") ? Optional.of(bytes(query)) : Optional.empty();
    return new CarRequest(scope(query, bytes.isPresent()), bytes);
  }

  private static Scope scope(Query query, boolean bytes) {
    return switch (query.text("dag-scope")) {
      case "" -> bytes ? Scope.ENTITY : Scope.ALL;
      case "block" -> Scope.BLOCK;
      case "entity" -> Scope.ENTITY;
      case "all" -> Scope.ALL;
      default ->
          throw ApiException.badRequest(
              "unsupported " + TYPE + " dag-scope: use block, entity or all");
    };
  }

  private static Bytes bytes(Query query) {
    Matcher match = BYTES.matcher(query.text("entity-bytes"));
    if (!match.matches()) {
      throw ApiException.badRequest("invalid " + TYPE + " entity-bytes: use FROM:TO or FROM:*");
    }
    String last = match.group(2);
    return new Bytes(
        Long.parseLong(match.group(1)),
        last.equals("*") ? Optional.empty() : Optional.of(Long.parseLong(last)));
  }

  /** Some letters that differ when the blocks do. */
  String fingerprint(ContentPath path) {
    byte[] what = (path + "?" + this).getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(what);
    int check = Arrays.hashCode(what);
    ByteBuffer both = ByteBuffer.allocate(Long.BYTES).putInt((int) crc.getValue()).putInt(check);
    return Multibase.BASE32.encode(both.array());
  }
}
