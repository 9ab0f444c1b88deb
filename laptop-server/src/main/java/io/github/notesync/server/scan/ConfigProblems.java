package io.github.notesync.server.scan;

import io.github.notesync.server.config.ConfigException;

/** What is wrong with the configuration of a project that is being served, each with its remedy. Any thread. */
public final class ConfigProblems {
    private static final String PATH = "configuration";

    private ConfigProblems() {}

    /** It cannot be used; the server goes on with the one before. */
    public static Problem invalid(ConfigException e) {
        return new Problem(
                PATH,
                "config_invalid",
                e.getMessage() + "; the earlier configuration stays",
                "mend it and save it: it is read again then");
    }
}
