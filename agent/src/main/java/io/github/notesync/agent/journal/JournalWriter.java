package io.github.notesync.agent.journal;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.agent.plan.Plan;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a transaction as text that a person can read with {@code cat}. The last line is the digest of all before it, so
 * that a torn journal is told from a whole one.
 */
public final class JournalWriter {
    static final String FIRST_LINE = "notesync journal ";
    static final int VERSION = 1;
    private static final int BUFFER = 64 << 10;

    private final OutputFile out;
    private final Digest.Hasher hasher = Digest.hasher();
    private final StringBuilder text = new StringBuilder();

    private JournalWriter(OutputFile out) {
        this.out = out;
    }

    /** Writes the journal of {@code transaction} into its directory, durably. */
    public static void write(Directory directory, Transaction transaction) throws IOException {
        try (OutputFile out = directory.create(Layout.JOURNAL, false)) {
            JournalWriter writer = new JournalWriter(out);
            writer.head(transaction);
            writer.plan(transaction.plan());
            writer.end();
            out.force();
        }
    }

    private void head(Transaction transaction) throws IOException {
        line(FIRST_LINE + VERSION);
        line("number " + transaction.number());
        line("batch " + (transaction.batch() == null ? "-" : transaction.batch()));
        line("reason " + transaction.reason());
        line("from " + cursor(transaction.from()) + " " + transaction.fromTree());
        line("to " + cursor(transaction.to()) + " " + transaction.toTree());
        line("git " + (transaction.git() == null ? "-" : transaction.git()));
        line("boot " + transaction.boot());
        line("made " + transaction.made());
    }

    static String cursor(@Nullable Cursor cursor) {
        return cursor == null ? "- 0" : cursor.epoch() + " " + cursor.sequence();
    }

    private void plan(Plan plan) throws IOException {
        for (Step step : plan.steps()) {
            line(StepLine.write(step));
        }
        for (Kept kept : plan.kept()) {
            line("kept " + kept.slot() + " " + kept.why() + " " + kept.path());
        }
        for (Entry entry : plan.removed()) {
            line("- " + EntryLine.write(entry));
        }
        for (Entry entry : plan.added()) {
            line((plan.adopted().contains(entry.path()) ? "= " : "+ ") + EntryLine.write(entry));
        }
    }

    private void line(String line) throws IOException {
        text.append(line).append('\n');
        if (text.length() > BUFFER) {
            flush();
        }
    }

    private void end() throws IOException {
        flush();
        text.append("end ").append(hasher.digest()).append('\n');
        flush();
    }

    private void flush() throws IOException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        text.setLength(0);
        hasher.update(bytes, 0, bytes.length);
        out.write(ByteBuffer.wrap(bytes));
    }
}
