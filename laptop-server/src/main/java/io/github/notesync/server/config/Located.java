package io.github.notesync.server.config;

/** A text of the configuration and where it stands, so that a message can point at it. */
public record Located(String file, int line, String text) {
    /** {@code file:line}, or the file alone where no line is known. */
    public String place() {
        return line > 0 ? file + ":" + line : file;
    }
}
