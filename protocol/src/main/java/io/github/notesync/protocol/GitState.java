package io.github.notesync.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Where the laptop's repository stood, for people: which commit a cell ran on.
 *
 * @param commit null before the first commit
 * @param branch null when no branch is checked out
 * @param dirty whether something differed from the commit
 */
public record GitState(@Nullable String commit, @Nullable String branch, boolean dirty) {

    public static GitState fromJson(JsonObject json) throws ProtocolException {
        return new GitState(json.stringOrNull("commit"), json.stringOrNull("branch"), json.flag("dirty"));
    }

    public JsonObject toJson() {
        return JsonObject.builder()
                .put("commit", commit)
                .put("branch", branch)
                .put("dirty", dirty)
                .build();
    }
}
