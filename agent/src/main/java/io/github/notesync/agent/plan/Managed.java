package io.github.notesync.agent.plan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import org.jspecify.annotations.Nullable;

/** What notesync wrote into the replica and still manages, as the planner needs to know it. */
public interface Managed {

    /** The entry at {@code path}; null if there is none. */
    @Nullable
    Entry entry(RelativePath path);

    /** Whether the directory was there before notesync came. */
    boolean isAdopted(RelativePath path);
}
