package io.github.notesync.server.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The directories that are served together: the project, and others beside it, each at a place of its own, a name at the
 * project's top. Immutable.
 *
 * @param others by place
 */
public record Roots(Path project, Map<String, Path> others) {
    public Roots {
        others = java.util.Collections.unmodifiableMap(new TreeMap<>(others));
    }

    /** The place of the root that a path lies in; "" for the project. */
    public String placeOf(String path) {
        if (others.isEmpty()) {
            return "";
        }
        int slash = path.indexOf('/');
        String top = slash < 0 ? path : path.substring(0, slash);
        return others.containsKey(top) ? top : "";
    }

    /** Whether a path is a root itself. */
    public boolean isRoot(String path) {
        return path.isEmpty() || others.containsKey(path);
    }

    /** A path as the rules of its own root name it. */
    public String inside(String path) {
        String place = placeOf(path);
        return place.isEmpty() ? path : path.substring(Math.min(path.length(), place.length() + 1));
    }

    /** Where a path is, if the disk spells it as it travels. */
    public Path onDisk(String path) {
        String place = placeOf(path);
        Path top = place.isEmpty() ? project : others.getOrDefault(place, project);
        return top.resolve(inside(path));
    }

    /** For people: every directory, and where it is if that is not the project's top. */
    public String text() {
        StringBuilder text = new StringBuilder(project.toString());
        others.forEach((place, directory) ->
                text.append(", ").append(directory).append(" as ").append(place).append('/'));
        return text.toString();
    }
}
