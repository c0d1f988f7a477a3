package io.ecluster.service.proxy;

import io.ecluster.multiformats.FormatException;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import io.ecluster.service.read.ContentPath;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of a call.
 *
 * @param values those without a name, at most a few
 */
record Arguments(List<String> values, Query options) {
  private static final int MAX_VALUES = 64;

  /** Of the query, and after the command in the path. */
  static Arguments of(Exchange x, String inPath) {
    List<String> values = new ArrayList<>();
    if (!inPath.isEmpty()) {
      values.add(inPath);
    }
    values.addAll(x.parameters("arg"));
    if (values.size() > MAX_VALUES) {
      throw ApiException.badRequest("more than " + MAX_VALUES + " arguments");
    }
    return new Arguments(List.copyOf(values), x.query());
  }

  /** The first; there must be one. */
  String first() {
    return get(0);
  }

  String get(int index) {
    return get(index, "ipfs-path");
  }

  /**
   * @param name what it is called when it is missing
   */
  String get(int index, String name) {
    if (index >= values.size()) {
      throw ApiException.badRequest("argument \"" + name + "\" is required");
    }
    return values.get(index);
  }

  /** All of them as paths; there must be one. */
  List<ContentPath> paths() {
    first();
    return values.stream().map(Arguments::path).toList();
  }

  static ContentPath path(String text) {
    try {
      return ContentPath.parse(text);
    } catch (FormatException e) {
      throw new CallException("invalid path \"" + text + "\": " + e.getMessage());
    }
  }
}
