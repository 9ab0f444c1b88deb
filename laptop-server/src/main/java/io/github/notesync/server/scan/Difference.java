package io.github.notesync.server.scan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import org.jspecify.annotations.Nullable;

/** What changed at one path of the source; null where there was, or is, nothing. */
public record Difference(
        RelativePath path, @Nullable Entry before, @Nullable Entry after) {}
