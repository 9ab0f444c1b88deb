package io.github.notesync.agent.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One open directory. Every call names one component and acts in the directory that was opened, whatever its path means
 * by now, and never follows a symbolic link: this is what keeps every write inside the root. Faults are injected here.
 * For one thread at a time; it may be handed from one to another.
 *
 * <p>Errors are those of {@link java.nio.file}: {@code NoSuchFileException}, {@code FileAlreadyExistsException},
 * {@code DirectoryNotEmptyException}, {@code AccessDeniedException} and other {@code FileSystemException}s.
 */
public interface Directory extends Closeable {

    /** Where it was when it was opened; for messages. */
    Path path();

    /** The inode of the directory itself. */
    String key() throws IOException;

    /** What {@code name} is; null if there is nothing. */
    @Nullable
    Stat stat(String name) throws IOException;

    /** All names, in no order. */
    List<String> list() throws IOException;

    /** Opens a directory in this one; fails on a symbolic link. */
    Directory open(String name) throws IOException;

    /** Opens a regular file for reading. The caller has made sure that it is one. */
    SeekableByteChannel read(String name) throws IOException;

    /** Creates a file that must not exist, 0644 or 0755 less the umask. */
    OutputFile create(String name, boolean executable) throws IOException;

    /** Opens a file to write it anew in its place, creating it if it is absent. */
    OutputFile overwrite(String name, boolean executable) throws IOException;

    /** Opens a file to write behind its end, creating it if it is absent. */
    OutputFile append(String name) throws IOException;

    /** Creates a directory that only this user may enter if {@code secret}, else 0755 less the umask. */
    void makeDirectory(String name, boolean secret) throws IOException;

    void makeSymlink(String name, String target) throws IOException;

    String readSymlink(String name) throws IOException;

    /** Gives the file {@code name} a second name in {@code to}. */
    void link(String name, Directory to, String toName) throws IOException;

    /**
     * Moves {@code name}; atomic. A file that has {@code toName} is replaced, at once: anyone sees the old or the new.
     * A directory replaces only an empty directory.
     */
    void rename(String name, Directory to, String toName) throws IOException;

    void deleteFile(String name) throws IOException;

    void deleteDirectory(String name) throws IOException;

    void setModified(String name, long nanos) throws IOException;

    /** 0755 or 0644, less the umask. */
    void setExecutable(String name, boolean executable) throws IOException;

    /** Returns when the names in this directory would survive a power cut (fsync). */
    void force() throws IOException;

    /** Returns when the content of the file would survive a power cut. */
    void forceFile(String name) throws IOException;

    /**
     * Takes the lock that a file stands for, until it is closed or this process ends; the file is created if it is
     * absent. Null if another holder has it.
     */
    @Nullable
    Closeable lock(String name) throws IOException;

    @Override
    void close();
}
