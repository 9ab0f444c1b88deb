package io.github.notesync.server.cycle;

import io.github.notesync.server.scan.SameTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Lets what is remembered of a source follow its directory when that was moved or renamed. A copy gets nothing: what
 * counts is that the directory has the same number on its disk, that the files in it are the very files of before
 * ({@link SameTree}), and that it lies no longer where it lay. Where one of these is in doubt it is another source.
 */
final class MovedState {
    private MovedState() {}

    /**
     * Renames the state of a source that was moved to where it is looked for now. What goes wrong makes it a new source.
     *
     * @param directory where the states of all sources are
     * @param state that of this one; it must not be there yet
     */
    static void follow(Path directory, Path state, Path source) {
        long inode = SourceFile.inode(source);
        if (inode == 0 || Files.exists(state) || !Files.isDirectory(directory)) {
            return;
        }
        try {
            for (Path each : SourceFile.states(directory)) {
                if (isOf(each, source, inode) && rename(each, state)) {
                    return;
                }
            }
        } catch (IOException e) {
            return;
        }
    }

    private static boolean isOf(Path state, Path source, long inode) {
        SourceFile known = SourceFile.read(state);
        return known != null
                && known.inode() == inode
                && !isElsewhere(known.path(), source, inode)
                && SameTree.isRemembered(state.resolve(StateDirectory.INDEX), source);
    }

    /** Whether the directory still lies where it lay, as one that is mounted twice. A link to where it is now is no place. */
    private static boolean isElsewhere(String path, Path source, long inode) {
        try {
            Path before = Path.of(path);
            return SourceFile.inode(before) == inode && !before.toRealPath().equals(source);
        } catch (IOException | InvalidPathException e) {
            // In doubt it does: also a path that this locale cannot name.
            return true;
        }
    }

    /** Not while a server runs on it: that one knows the directory by its old name, and finds it gone. */
    private static boolean rename(Path before, Path state) throws IOException {
        try (FileChannel file = FileChannel.open(
                        before.resolve(StateDirectory.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = StateDirectory.tryLock(file)) {
            if (lock == null) {
                return false;
            }
            Files.move(before, state, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }
}
