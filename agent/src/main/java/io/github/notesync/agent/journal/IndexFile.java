package io.github.notesync.agent.journal;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The index on disk: groups of lines, one for each transaction, each valid only as a whole. A batch appends its group,
 * so its cost follows the change; once the file is mostly history it is written anew, under another name, and renamed.
 *
 * <p>A group is appended only when what its transaction wrote is durable: a transaction whose number is in the index
 * needs its journal no more. Not for several threads at once.
 */
public final class IndexFile {
    private static final String FIRST_LINE = "notesync index 1";
    private static final int BUFFER = 256 << 10;
    private static final int SLACK = 2_000;

    private final Directory home;
    private long lines;
    /** The number of the last whole group. */
    private long last;
    /** Whether the file ends in the middle of a group, or cannot be appended to: write it anew. */
    private boolean damaged;
    /** Whether a crash cut the copy of the new file over the old one short. */
    private boolean halfMoved;

    public IndexFile(Directory home) {
        this.home = home;
    }

    /**
     * Reads all whole groups up to the first that is torn. A file that is no index gives an empty one: then nothing is
     * known to be ours, and nothing will be overwritten without being kept.
     *
     * @throws ProtocolException {@code journal_newer}
     */
    public Index read() throws IOException {
        Index index = read(Layout.INDEX);
        if (damaged) {
            // Where renaming is copying, a crash may have torn the file and left the new one whole.
            Index fresh = read(Layout.INDEX_NEW);
            halfMoved = !damaged && fresh.number() >= index.number();
            index = halfMoved ? fresh : index;
            damaged = true;
        }
        last = index.number();
        return index;
    }

    private Index read(String name) throws IOException {
        Index index = new Index();
        lines = 0;
        damaged = true;
        if (home.stat(name) == null) {
            return index;
        }
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(home.read(name)), StandardCharsets.UTF_8), BUFFER)) {
            String first = in.readLine();
            if (first == null || !first.equals(FIRST_LINE)) {
                checkVersion(first);
                return index;
            }
            damaged = !readGroups(in, index);
        }
        return index;
    }

    /** Deletes what a crash left of a new file, or puts it in its place if it is the only whole one. */
    public void sweep() throws IOException {
        if (halfMoved) {
            Mover.move(home, Layout.INDEX_NEW, home, Layout.INDEX);
            home.force();
            halfMoved = false;
            damaged = false;
        } else if (!damaged && home.stat(Layout.INDEX_NEW) != null) {
            home.deleteFile(Layout.INDEX_NEW);
        }
    }

    private static void checkVersion(@Nullable String first) throws ProtocolException {
        if (first != null && first.matches("notesync index [0-9]{1,9}")) {
            throw new ProtocolException(ErrorCode.JOURNAL_NEWER, "its index was written by a newer notesync: " + first);
        }
    }

    /** Whether the file ends with a whole group. */
    private boolean readGroups(BufferedReader in, Index index) throws IOException {
        while (true) {
            String begin = in.readLine();
            if (begin == null) {
                return true;
            }
            if (!begin.equals("begin after " + index.number()) || !readGroup(in, index)) {
                return false;
            }
        }
    }

    private boolean readGroup(BufferedReader in, Index index) throws IOException {
        List<Entry> removed = new ArrayList<>();
        List<Entry> added = new ArrayList<>();
        Set<RelativePath> adopted = new HashSet<>();
        CRC32C crc = new CRC32C();
        while (true) {
            String line = in.readLine();
            if (line == null) {
                return false;
            }
            try {
                if (line.startsWith("end ")) {
                    String[] words = line.split(" ", -1);
                    if (words.length != 6 || !words[5].equals(Long.toHexString(crc.getValue()))) {
                        return false;
                    }
                    Cursor cursor = JournalReader.cursor(new String[] {words[2], words[3]});
                    TreeDigest tree = TreeDigest.parse(words[4]);
                    index.change(removed, added, adopted);
                    index.stand(Long.parseLong(words[1]), cursor, tree);
                    return true;
                }
                crc.update((line + "\n").getBytes(StandardCharsets.UTF_8));
                Entry entry = EntryLine.read(line.substring(2));
                if (line.charAt(0) == '-') {
                    removed.add(entry);
                } else {
                    added.add(entry);
                    if (line.charAt(0) == '=') {
                        adopted.add(entry.path());
                    }
                }
                lines++;
            } catch (ProtocolException | RuntimeException torn) {
                return false;
            }
        }
    }

    /**
     * Appends what {@code transactions} did, durably.
     *
     * @param index the index with all of them in it
     * @return false if the file has to be written anew, which must wait until nothing newer is in the index
     */
    public boolean append(List<Transaction> transactions, Index index) throws IOException {
        long more = transactions.stream()
                .mapToLong(each ->
                        each.plan().removed().size() + each.plan().added().size())
                .sum();
        boolean newest = transactions.get(transactions.size() - 1).number() == index.number();
        if (newest && (damaged || lines + more > 2L * index.size() + SLACK)) {
            writeAnew(index);
            return true;
        }
        if (damaged) {
            return false;
        }
        damaged = true;
        OutputFile file;
        try {
            file = home.append(Layout.INDEX);
        } catch (FileSystemException e) {
            if (newest && Mover.isUnsupported(e)) {
                writeAnew(index);
                return true;
            }
            throw e;
        }
        try (Group out = new Group(file)) {
            for (Transaction each : transactions) {
                out.begin(last);
                for (Entry entry : each.plan().removed()) {
                    out.entry('-', entry);
                }
                for (Entry entry : each.plan().added()) {
                    out.entry(each.plan().adopted().contains(entry.path()) ? '=' : '+', entry);
                }
                out.end(each.number(), each.to(), each.toTree());
                last = each.number();
            }
            out.force();
        }
        lines += more;
        damaged = false;
        return true;
    }

    /** Writes the whole index, durably and at once. */
    public void writeAnew(Index index) throws IOException {
        if (home.stat(Layout.INDEX_NEW) != null) {
            home.deleteFile(Layout.INDEX_NEW);
        }
        try (Group out = new Group(home.create(Layout.INDEX_NEW, false))) {
            out.line(FIRST_LINE);
            out.begin(0);
            for (Entry entry : index.sorted()) {
                out.entry(index.isAdopted(entry.path()) ? '=' : '+', entry);
            }
            out.end(index.number(), index.cursor(), index.tree());
            out.force();
        }
        Mover.move(home, Layout.INDEX_NEW, home, Layout.INDEX);
        home.force();
        lines = index.size();
        last = index.number();
        damaged = false;
    }

    /** Writes lines through one buffer. */
    private static final class Group implements AutoCloseable {
        private final OutputFile out;
        private final StringBuilder text = new StringBuilder();
        private final CRC32C crc = new CRC32C();

        Group(OutputFile out) {
            this.out = out;
        }

        void line(String line) throws IOException {
            text.append(line).append('\n');
            if (text.length() > BUFFER) {
                flush();
            }
        }

        void begin(long after) throws IOException {
            line("begin after " + after);
            crc.reset();
        }

        void entry(char sign, Entry entry) throws IOException {
            String line = sign + " " + EntryLine.write(entry);
            crc.update((line + "\n").getBytes(StandardCharsets.UTF_8));
            line(line);
        }

        void end(long number, @Nullable Cursor cursor, TreeDigest tree) throws IOException {
            line("end " + number + " " + JournalWriter.cursor(cursor) + " " + tree + " "
                    + Long.toHexString(crc.getValue()));
        }

        private void flush() throws IOException {
            out.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
            text.setLength(0);
        }

        void force() throws IOException {
            flush();
            out.force();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
