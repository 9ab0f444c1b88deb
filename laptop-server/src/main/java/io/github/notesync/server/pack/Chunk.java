package io.github.notesync.server.pack;

/**
 * A piece of a batch stream.
 *
 * @param end whether the stream ends with it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody on its way
public record Chunk(byte[] bytes, boolean end) {}
