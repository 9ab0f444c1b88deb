package io.github.notesync.server.cycle;

import io.github.notesync.protocol.GitState;
import io.github.notesync.server.config.Roots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The repositories in which the roots lie, looked for anew each time: one may be made, cloned or removed while the server
 * runs. One thread.
 */
final class Repositories {
    private final Map<GitDirectory, GitHold> holds = new HashMap<>();

    /**
     * Why to wait, for people; null when no root has git at work.
     *
     * @param lastEvent when something in the source last changed, milliseconds since 1970
     */
    @Nullable
    String whyHeld(Roots roots, long now, long lastEvent) {
        String why = whyHeld(roots.project(), now, lastEvent);
        for (Path each : roots.others().values()) {
            String other = whyHeld(each, now, lastEvent);
            why = why == null ? other : why;
        }
        return why;
    }

    private @Nullable String whyHeld(Path root, long now, long lastEvent) {
        Optional<GitDirectory> git = GitDirectory.of(root);
        return git.isPresent() ? holds.computeIfAbsent(git.get(), GitHold::new).why(now, lastEvent) : null;
    }

    /** Commit, branch and dirt of the project; null where it lies in no repository, or in one that cannot be read. */
    static @Nullable GitState state(Path project, GitDirt dirt, long since) {
        try {
            Optional<GitDirectory> git = GitDirectory.of(project);
            return git.isPresent() ? git.get().state(dirt.isDirty(since)) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
