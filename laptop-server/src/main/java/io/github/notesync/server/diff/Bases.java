package io.github.notesync.server.diff;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.Source;
import org.jspecify.annotations.Nullable;

/** What the replica has before the batch, as far as content can be taken from there. */
public interface Bases {
    /** Nothing can be taken: all content travels. */
    Bases NONE = new Bases() {
        @Override
        public @Nullable RelativePath holder(Digest digest) {
            return null;
        }

        @Override
        public @Nullable Source pieces(Entry.File old, Entry.File wanted) {
            return null;
        }
    };

    /** A path at which the replica has this content; null if none is known. */
    @Nullable
    RelativePath holder(Digest digest);

    /** How to build {@code wanted} from pieces of {@code old}; null when that saves nothing. */
    @Nullable
    Source pieces(Entry.File old, Entry.File wanted);
}
