package io.github.notesync.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user set for one project; every value has a default.
 *
 * @param name the project's name in the replica's path and on every screen
 * @param ignore rules in the syntax of .gitignore, stronger than those of .gitignore
 * @param pythonPaths directories that the notebook puts on sys.path; null lets the server look for a src layout
 * @param maxFileBytes bigger files are reported as problems and not sent
 * @param roots further directories by their place, a name at the top of the replica
 */
public record Config(
        String name,
        List<Located> ignore,
        Patterns patterns,
        boolean recursive,
        @Nullable List<Located> pythonPaths,
        long maxFileBytes,
        Map<String, Path> roots) {

    public static final long DEFAULT_MAX_FILE_BYTES = 100L << 20;

    public Config {
        ignore = List.copyOf(ignore);
        pythonPaths = pythonPaths == null ? null : List.copyOf(pythonPaths);
        roots = Map.copyOf(roots);
    }

    /** A project without any configuration. */
    public static Config defaults(String name) {
        return new Config(name, List.of(), Patterns.NONE, true, null, DEFAULT_MAX_FILE_BYTES, Map.of());
    }
}
