package io.github.notesync.server.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what the user most likely meant by a key that does not exist. */
final class NearestKey {
    private NearestKey() {}

    /** The known key with the fewest edits, whatever their number. */
    static String of(String unknown, Collection<String> known) {
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(key -> edits(unknown, key)))
                .orElseThrow();
    }

    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, Math.min(row[j - 1], row[j]) + 1);
            }
        }
        return row[b.length()];
    }
}
