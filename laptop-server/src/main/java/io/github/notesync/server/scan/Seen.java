package io.github.notesync.server.scan;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One name as a directory gave it.
 *
 * @param ahead its stat, where that was read ahead
 */
record Seen(String diskName, Path path, @Nullable Stat ahead) {

    static List<Seen> in(Path directory) throws IOException {
        List<Seen> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                names.add(new Seen(String.valueOf(child.getFileName()), child, null));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** The same with the stats, as far as they can be had. */
    static List<Seen> ahead(Path directory, StatReader stats) throws IOException {
        List<Seen> names = in(directory);
        names.replaceAll(each -> each.readAhead(stats));
        return names;
    }

    Stat stat(StatReader stats) throws IOException {
        return ahead == null ? stats.read(path) : ahead;
    }

    /** With its stat, unless that cannot be had now; then it is tried, and reported, when it is needed. */
    private Seen readAhead(StatReader stats) {
        try {
            return new Seen(diskName, path, stats.read(path));
        } catch (IOException e) {
            return this;
        }
    }
}
