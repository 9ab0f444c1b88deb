package io.github.notesync.protocol;

import java.io.IOException;
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
}
