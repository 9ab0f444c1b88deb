package io.github.notesync.server;

import io.github.notesync.server.cycle.StateDirectory;
import io.github.notesync.server.ignore.IgnoreRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which project a directory belongs to, where the user names none: it or the nearest one above it that is served now; else
 * that looks like the top of a project; else that was served once. Any thread.
 */
final class NearestProject {
    private static final List<String> MARKS = List.of("notesync.toml", "pyproject.toml", ".git");

    private NearestProject() {}

    /**
     * Returns {@code here} itself where nothing speaks for another one.
     *
     * @param stateHome where the servers of this user keep their state
     */
    static Path of(Path here, Path stateHome) {
        Path served = nearest(here, each -> StateDirectory.isServed(stateHome, each));
        Path marked = served != null ? served : nearest(here, NearestProject::isMarked);
        // Rules may stand in any directory of a project: they are a sign of its top only where nothing else is one.
        Path ruled =
                marked != null ? marked : nearest(here, each -> Files.exists(each.resolve(IgnoreRules.NOTESYNCIGNORE)));
        Path known = ruled != null ? ruled : nearest(here, each -> StateDirectory.isKnown(stateHome, each));
        return known != null ? known : here;
    }

    private static @Nullable Path nearest(Path here, Predicate<Path> isOne) {
        for (Path each = here; each != null; each = each.getParent()) {
            if (isOne.test(each)) {
                return each;
            }
        }
        return null;
    }

    private static boolean isMarked(Path directory) {
        return MARKS.stream().anyMatch(mark -> Files.exists(directory.resolve(mark)));
    }
}
