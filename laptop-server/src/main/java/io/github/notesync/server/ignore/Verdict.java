package io.github.notesync.server.ignore;

import io.github.notesync.server.config.Located;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say about one path.
 *
 * @param rule the rule that decided; null when none speaks of the path, which is then part of the project
 * @param at the path that the rule matched: the asked one, or a directory above it
 */
public record Verdict(boolean ignored, @Nullable Located rule, String at) {

    /** One line for people: rule, file, line. */
    public String text() {
        if (rule == null) {
            return "synchronised: no rule matches";
        }
        return (ignored ? "ignored" : "synchronised") + " by '" + rule.text() + "' (" + rule.place()
                + "), which matches " + at;
    }
}
