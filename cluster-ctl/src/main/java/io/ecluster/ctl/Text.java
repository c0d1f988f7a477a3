package io.ecluster.ctl;

import io.ecluster.client.JsonObject;

/** Lays a document out for people; the lines have no end at the last. */
@FunctionalInterface
interface Text {
  String of(JsonObject document, Style style);
}
