package io.github.notesync.server.pack;

import io.github.notesync.protocol.Encoding;

/**
 * How a replica wants its batch.
 *
 * @param copy whether content that the replica has may be taken from there
 * @param recipe whether a file may be built from pieces of its old content
 */
public record Wishes(Encoding encoding, boolean copy, boolean recipe) {
    /** Those of notesync's own kernel side. */
    static final Wishes USUAL = new Wishes(Encoding.GZIP, true, true);
}
