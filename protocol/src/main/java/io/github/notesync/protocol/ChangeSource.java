package io.github.notesync.protocol;

import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Gives the changes of a manifest one by one, in its order. */
public interface ChangeSource {
    /**
     * The next change; null at the end.
     *
     * @throws ProtocolException the manifest is not what it should be
     */
    @Nullable
    Change next() throws IOException;

    /** Those of a manifest that is in memory. */
    static ChangeSource of(Manifest manifest) {
        Iterator<Change> changes = manifest.changes().iterator();
        return () -> changes.hasNext() ? changes.next() : null;
    }
}
