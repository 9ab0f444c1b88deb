package io.github.notesync.agent.testing;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk that fails at the moment that a test chooses. Every call that changes anything is a moment of its own, and a
 * write is two: before it, and in the middle of it.
 */
public final class FaultyDisk implements Disk {
    /** The process died here. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        public Crash() {
            super("crash", null, false, false);
        }
    }

    private final Disk disk;
    private final List<String> moments = new ArrayList<>();
    private final List<Closeable> locks = new ArrayList<>();
    private int failAt = Integer.MAX_VALUE;
    private String reason;
    private int crashLater = -1;
    private String failWhen = "";
    private int failLater = -1;
    private int doAt = Integer.MAX_VALUE;
    private String doWhen = "";
    private Runnable doWhat = () -> {};
    private boolean dead;

    public FaultyDisk(Disk disk) {
        this.disk = disk;
    }

    /** Dies at moment {@code number}, counted from now, and does nothing ever after. */
    public void crashAt(int number) {
        moments.clear();
        failAt = number;
        reason = null;
    }

    /** Fails once, at moment {@code number} counted from now, with the words of the C library. */
    public void failAt(int number, String words) {
        moments.clear();
        failAt = number;
        reason = words;
    }

    /** Fails once at moment {@code number}, counted from now, and dies {@code later} moments after that. */
    public void failThenCrash(int number, String words, int later) {
        failAt(number, words);
        crashLater = later;
    }

    /** Fails at {@code moment}, and once more {@code later} moments after it. */
    public void failAfter(String moment, String words, int later) {
        failAt(Integer.MAX_VALUE, words);
        failWhen = moment;
        failLater = later;
    }

    /** Does something, as another process would, right before moment {@code number}, counted from now. */
    public void doAt(int number, Runnable what) {
        failAt(Integer.MAX_VALUE, "");
        doAt = number;
        doWhat = what;
    }

    /** The same at a moment that is named. */
    public void doAt(String moment, Runnable what) {
        doAt(Integer.MAX_VALUE, what);
        doWhen = moment;
    }

    /** What the operating system does when a process dies. */
    public void releaseLocks() throws IOException {
        for (Closeable each : locks) {
            each.close();
        }
    }

    /** What was done since the last call of {@link #crashAt} or {@link #failAt}. */
    public List<String> moments() {
        return moments;
    }

    private boolean isDue(String what, Path path, String name) {
        if (dead) {
            throw new Crash();
        }
        moments.add(what + " " + path.resolve(name));
        if (moments.size() - 1 == doAt || moments.get(moments.size() - 1).equals(doWhen)) {
            doAt = Integer.MAX_VALUE;
            doWhen = "";
            doWhat.run();
        }
        if (moments.get(moments.size() - 1).equals(failWhen)) {
            failWhen = "";
            failAt = moments.size() + failLater;
            return true;
        }
        return moments.size() - 1 == failAt;
    }

    private void moment(String what, Path path, String name) throws IOException {
        if (isDue(what, path, name)) {
            fail(path.resolve(name));
        }
    }

    private void fail(Path path) throws IOException {
        if (reason == null) {
            dead = true;
            throw new Crash();
        }
        String words = reason;
        if (crashLater >= 0) {
            crashAt(crashLater);
            crashLater = -1;
        }
        throw new FileSystemException(path.toString(), null, words);
    }

    @Override
    public Directory open(Path path) throws IOException {
        return new In(disk.open(path));
    }

    private final class In implements Directory {
        private final Directory real;

        In(Directory real) {
            this.real = real;
        }

        @Override
        public Path path() {
            return real.path();
        }

        @Override
        public String key() throws IOException {
            return real.key();
        }

        @Override
        public Stat stat(String name) throws IOException {
            if (dead) {
                throw new Crash();
            }
            return real.stat(name);
        }

        @Override
        public List<String> list() throws IOException {
            if (dead) {
                throw new Crash();
            }
            return real.list();
        }

        @Override
        public Directory open(String name) throws IOException {
            return new In(real.open(name));
        }

        @Override
        public SeekableByteChannel read(String name) throws IOException {
            return real.read(name);
        }

        @Override
        public OutputFile create(String name, boolean executable) throws IOException {
            moment("create", path(), name);
            return new Output(real.create(name, executable), path(), name);
        }

        @Override
        public OutputFile overwrite(String name, boolean executable) throws IOException {
            moment("overwrite", path(), name);
            return new Output(real.overwrite(name, executable), path(), name);
        }

        @Override
        public OutputFile append(String name) throws IOException {
            moment("append", path(), name);
            return new Output(real.append(name), path(), name);
        }

        @Override
        public void makeDirectory(String name, boolean secret) throws IOException {
            moment("mkdir", path(), name);
            real.makeDirectory(name, secret);
        }

        @Override
        public void makeSymlink(String name, String target) throws IOException {
            moment("symlink", path(), name);
            real.makeSymlink(name, target);
        }

        @Override
        public String readSymlink(String name) throws IOException {
            return real.readSymlink(name);
        }

        @Override
        public void link(String name, Directory to, String toName) throws IOException {
            moment("link", to.path(), toName);
            real.link(name, ((In) to).real, toName);
        }

        @Override
        public void rename(String name, Directory to, String toName) throws IOException {
            moment("rename", to.path(), toName);
            real.rename(name, ((In) to).real, toName);
        }

        @Override
        public void deleteFile(String name) throws IOException {
            moment("unlink", path(), name);
            real.deleteFile(name);
        }

        @Override
        public void deleteDirectory(String name) throws IOException {
            moment("rmdir", path(), name);
            real.deleteDirectory(name);
        }

        @Override
        public void setModified(String name, long nanos) throws IOException {
            moment("utime", path(), name);
            real.setModified(name, nanos);
        }

        @Override
        public void setExecutable(String name, boolean executable) throws IOException {
            moment("chmod", path(), name);
            real.setExecutable(name, executable);
        }

        @Override
        public void force() throws IOException {
            moment("fsync", path(), "");
            real.force();
        }

        @Override
        public void forceFile(String name) throws IOException {
            moment("fsync", path(), name);
            real.forceFile(name);
        }

        @Override
        public Closeable lock(String name) throws IOException {
            Closeable held = real.lock(name);
            locks.add(held);
            return held;
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private final class Output implements OutputFile {
        private final OutputFile real;
        private final Path path;
        private final String name;

        Output(OutputFile real, Path path, String name) {
            this.real = real;
            this.path = path;
            this.name = name;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            moment("write", path, name);
            if (isDue("half a write", path, name)) {
                ByteBuffer half = bytes.slice(bytes.position(), bytes.remaining() / 2);
                real.write(half);
                fail(path.resolve(name));
            }
            real.write(bytes);
        }

        @Override
        public void force() throws IOException {
            moment("fsync", path, name);
            real.force();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
