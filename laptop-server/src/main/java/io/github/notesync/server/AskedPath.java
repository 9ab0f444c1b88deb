package io.github.notesync.server;

import io.github.notesync.server.config.Roots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** A path as the user types it, and as it travels. Any thread. */
final class AskedPath {
    private AskedPath() {}

    /**
     * As it travels: relative to the project, or below the place of another root.
     *
     * @param from where the user is, or says to be
     */
    static String relative(Roots roots, Path from, String path) throws UserError {
        Path absolute = absolute(roots, from, path);
        for (Map.Entry<String, Path> each : roots.others().entrySet()) {
            if (absolute.startsWith(each.getValue())) {
                String inside = each.getValue().relativize(absolute).toString().replace('\\', '/');
                return inside.isEmpty() ? each.getKey() : each.getKey() + "/" + inside;
            }
        }
        if (absolute.equals(roots.project())) {
            throw new UserError(path + " is the project itself: name a path inside it");
        }
        if (!absolute.startsWith(roots.project())) {
            throw new UserError(path + " is not inside the project " + roots.text()
                    + ": name a path inside it, or another project with --in DIR");
        }
        return roots.project().relativize(absolute).toString().replace('\\', '/');
    }

    static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** From where the user is; what is not there may be named as the server names it, from the project's top. */
    private static Path absolute(Roots roots, Path from, String path) throws UserError {
        try {
            Path named = from.resolve(path).normalize();
            Path fromTop = roots.onDisk(path).normalize();
            Path meant = isThere(named) || !isThere(fromTop) ? named : fromTop;
            return isInside(roots, meant) ? meant : straight(meant);
        } catch (InvalidPathException e) {
            throw new UserError(path + " cannot be a path here (" + e.getReason() + "): name another");
        }
    }

    private static boolean isInside(Roots roots, Path path) {
        return path.startsWith(roots.project())
                || roots.others().values().stream().anyMatch(path::startsWith);
    }

    /** With the links on the way to it followed, and not itself: a project is known by its real path. */
    private static Path straight(Path path) {
        Path parent = path.getParent();
        try {
            return parent == null ? path : parent.toRealPath().resolve(path.getFileName());
        } catch (IOException e) {
            return path;
        }
    }
}
