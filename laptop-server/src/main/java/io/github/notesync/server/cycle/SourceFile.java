package io.github.notesync.server.cycle;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a state directory remembers of its source: where it lies, which directory that is, and its id.
 *
 * @param inode 0 where the file system has none
 */
record SourceFile(String path, long inode, String id) {
    private static final String NAME = "source";

    /** As the disk has it now. */
    static SourceFile of(Path source, String id) {
        return new SourceFile(source.toString(), inode(source), id);
    }

    /** The number of a directory; 0 where there is none, or none that says anything. */
    static long inode(Path directory) {
        try {
            return Files.isDirectory(directory) && Files.getAttribute(directory, "unix:ino") instanceof Long inode
                    ? inode
                    : 0;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return 0;
        }
    }

    /** Null where nothing can be read: nothing is known then. */
    static @Nullable SourceFile read(Path state) {
        try {
            JsonObject json = ProtocolJson.parse(Files.readAllBytes(state.resolve(NAME)));
            return new SourceFile(json.string("path"), json.integer("inode"), json.string("id"));
        } catch (IOException e) {
            return null;
        }
    }

    /** Those of all sources. */
    static List<SourceFile> all(Path directory) throws IOException {
        List<SourceFile> all = new ArrayList<>();
        for (Path each : states(directory)) {
            SourceFile file = read(each);
            if (file != null) {
                all.add(file);
            }
        }
        return all;
    }

    /** The directories in which that of a source can be. */
    static List<Path> states(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> Files.isRegularFile(each.resolve(NAME))).toList();
        }
    }

    void write(Path state) throws IOException {
        JsonObject json = JsonObject.builder()
                .put("path", path)
                .put("inode", inode)
                .put("id", id)
                .build();
        Path written = state.resolve(NAME + ".new");
        Files.write(written, ProtocolJson.bytes(json));
        Files.move(written, state.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
