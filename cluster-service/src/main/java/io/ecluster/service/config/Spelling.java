package io.ecluster.service.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what somebody meant who misspelt a word. */
final class Spelling {
  /** More wrong letters make another word. */
  private static final int MAX_MISTAKES = 3;

  private static final int SHORT_WORD = 4;

  private Spelling() {}

  /** A question that names the word which is alike, or nothing. */
  static String hint(String word, Collection<String> known) {
    int most = word.length() <= SHORT_WORD ? 1 : MAX_MISTAKES;
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= most)
        .min(
            Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .map(candidate -> " (did you mean " + candidate + "?)")
        .orElse("");
  }

  /** How many letters have to be put in, left out or changed; whether they are large is nothing. */
  static int distance(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(changed, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
