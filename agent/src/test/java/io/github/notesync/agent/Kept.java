package io.github.notesync.agent;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what was kept, as a person would with {@code cat}. */
final class Kept {
    private Kept() {}

    /** The text of every kept file; a directory counts as its own name. */
    static List<String> texts(Disk disk, Path root) {
        List<String> texts = new ArrayList<>();
        try (Directory tree = disk.open(root);
                Directory home = tree.open(".notesync");
                Directory kept = home.open("kept")) {
            for (String name : kept.list()) {
                try (Directory item = kept.open(name)) {
                    Stat stat = item.stat("content");
                    texts.add(
                            stat == null
                                    ? "nothing"
                                    : stat.kind() == Kind.FILE
                                            ? text(item)
                                            : stat.kind().toString());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    private static String text(Directory item) throws IOException {
        try (SeekableByteChannel in = item.read("content")) {
            return new String(Channels.newInputStream(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
