package io.github.notesync.agent.journal;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fuzz target: a journal, with its digest made right so that the lines are looked at, is refused with a code or comes
 * back byte for byte; the same bytes as an index are read as far as they are whole.
 */
public final class FuzzJournal {
    private FuzzJournal() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        try (Directory directory = new MemoryDisk().open(MemoryDisk.ROOT)) {
            write(directory, Layout.JOURNAL, sealed(data));
            try {
                Transaction transaction = JournalReader.read(directory);
                byte[] read = bytes(directory);
                directory.deleteFile(Layout.JOURNAL);
                JournalWriter.write(directory, transaction);
                write(directory, "again", bytes(directory));
                if (!JournalReader.read(directory).equals(transaction)) {
                    throw new AssertionError("a journal means something else when it is read again");
                }
                if (read.length == 0) {
                    throw new AssertionError("an empty journal was accepted");
                }
            } catch (ProtocolException e) {
                // refused with a code, as it must be
            }
            readIndex(directory, data);
        }
    }

    private static void readIndex(Directory directory, byte[] data) throws IOException {
        write(directory, Layout.INDEX, data);
        try {
            IndexFile file = new IndexFile(directory);
            Index index = file.read();
            file.writeAnew(index);
            Index again = new IndexFile(directory).read();
            if (!again.sorted().equals(index.sorted()) || again.number() != index.number()) {
                throw new AssertionError("an index means something else when it is read again");
            }
        } catch (ProtocolException e) {
            // of a newer agent
        }
    }

    /** The text up to its last line, with the digest that it should have behind it. */
    static byte[] sealed(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        int end = text.lastIndexOf("end ");
        byte[] body = (end < 0 ? text : text.substring(0, end)).getBytes(StandardCharsets.UTF_8);
        byte[] last =
                ("end " + Digest.of(new String(body, StandardCharsets.UTF_8)) + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(body, body.length + last.length);
        System.arraycopy(last, 0, all, body.length, last.length);
        return all;
    }

    static void write(Directory directory, String name, byte[] bytes) throws IOException {
        try (OutputFile out = directory.create(name, false)) {
            out.write(ByteBuffer.wrap(bytes));
        }
    }

    static byte[] bytes(Directory directory) throws IOException {
        try (SeekableByteChannel in = directory.read(Layout.JOURNAL)) {
            return Channels.newInputStream(in).readAllBytes();
        }
    }
}
