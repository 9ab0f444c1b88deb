package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.history.History;
import io.github.notesync.server.scan.Difference;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a tree holds, path by path, told in the simplest way; the judge of what the server says. */
public final class DiskTree {
    private DiskTree() {}

    /** Read from the disk, without any rule. */
    public static Map<String, String> of(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes all) {
                if (!path.equals(root)) {
                    tree.put(name(root, path), "directory");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes all) throws IOException {
                if (all.isSymbolicLink()) {
                    tree.put(name(root, path), "link " + Files.readSymbolicLink(path));
                } else {
                    String digest = Digest.of(Files.readAllBytes(path)).hex();
                    tree.put(name(root, path), (Files.isExecutable(path) ? "executable " : "file ") + digest);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return tree;
    }

    private static String name(Path root, Path path) {
        return root.relativize(path).toString();
    }

    /** What the history says now. */
    static Map<String, String> of(History history) {
        Map<String, String> tree = new TreeMap<>();
        entries(history).forEach(each -> tree.put(each.path().value(), line(each)));
        return tree;
    }

    static List<Entry> entries(History history) {
        return history.from(List.of(), TreeDigest.EMPTY).differences().stream()
                .map(Difference::after)
                .toList();
    }

    private static String line(Entry entry) {
        if (entry instanceof Entry.File file) {
            return (file.executable() ? "executable " : "file ") + file.digest();
        }
        return entry instanceof Entry.Symlink link ? "link " + link.target() : "directory";
    }
}
