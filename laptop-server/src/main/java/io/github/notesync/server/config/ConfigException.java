package io.github.notesync.server.config;

/** The user's configuration cannot be used; the message names file, line, key and what to do. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
