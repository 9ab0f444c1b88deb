package io.github.notesync.server.config;

import io.github.notesync.protocol.PathReason;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the table {@code roots}: further directories by their place. No two of them may hold the same file. */
final class RootsReader {
    private final Path project;
    private final Table table;
    private final Map<String, Path> roots = new TreeMap<>();
    private final Map<String, String> byCollisionKey = new HashMap<>();

    private RootsReader(Path project, Table table) {
        this.project = project;
        this.table = table;
    }

    static Map<String, Path> read(Path project, Table table) throws ConfigException {
        RootsReader reader = new RootsReader(project, table);
        for (String place : table.keys()) {
            reader.take(place);
        }
        return reader.roots;
    }

    private void take(String place) throws ConfigException {
        Optional<PathReason> refusal = RelativePath.refusal(place);
        if (refusal.isPresent() || place.indexOf('/') >= 0) {
            throw table.error(
                    place,
                    "root '" + place + "' must be a plain directory name: it becomes a directory at the"
                            + " top of the replica");
        }
        String other = byCollisionKey.put(new RelativePath(place).collisionKey(), place);
        if (other != null) {
            throw table.error(
                    place,
                    "root '" + place + "' is the same name as '" + other
                            + "' where the file system ignores case: rename one of them");
        }
        if (Files.exists(project.resolve(place), LinkOption.NOFOLLOW_LINKS)) {
            throw table.error(
                    place,
                    "root '" + place + "' would hide " + project.resolve(place)
                            + ": choose a name that the project does not have at its top");
        }
        Path directory = directory(place);
        overlap(place, directory);
        roots.put(place, directory);
    }

    private Path directory(String place) throws ConfigException {
        String text = table.required(place);
        try {
            String home = System.getProperty("user.home", "");
            Path named = project.resolve(text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text);
            if (!Files.isDirectory(named)) {
                throw table.error(
                        place,
                        "root '" + place + "': " + named.normalize()
                                + (Files.exists(named) ? " is not a directory" : " does not exist")
                                + "; name a directory, relative to the project");
            }
            return named.toRealPath();
        } catch (IOException | InvalidPathException e) {
            throw table.error(place, "root '" + place + "': " + text + " cannot be read: " + e.getMessage());
        }
    }

    private void overlap(String place, Path directory) throws ConfigException {
        if (directory.startsWith(project)) {
            throw table.error(
                    place,
                    "root '" + place + "': " + directory
                            + " lies inside the project, which is served already: remove the root");
        }
        if (project.startsWith(directory)) {
            throw table.error(
                    place,
                    "root '" + place + "': " + directory
                            + " holds the project itself: name a directory beside it, or serve " + directory);
        }
        for (Map.Entry<String, Path> each : roots.entrySet()) {
            if (directory.startsWith(each.getValue()) || each.getValue().startsWith(directory)) {
                throw table.error(
                        place,
                        "root '" + place + "' (" + directory + ") overlaps root '" + each.getKey() + "' ("
                                + each.getValue() + "): every file may have one place only, remove one of them");
            }
        }
    }
}
