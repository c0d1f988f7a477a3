package io.ecluster.ctl;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** {@code --expire-in} as the time that the API is told. */
final class Expiry {
  private Expiry() {}

  /** Empty for an empty duration. */
  static String time(Session session, String duration) {
    if (duration.isEmpty()) {
      return "";
    }
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        OffsetDateTime.ofInstant(
            session
                .waits()
                .clock()
                .instant()
                .plus(Arguments.duration("parsing expire-in", duration)),
            ZoneId.systemDefault()));
  }
}
