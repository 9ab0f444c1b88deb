package io.github.notesync.agent.journal;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.agent.plan.Plan;
import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what {@link JournalWriter} wrote, and nothing that is torn. */
public final class JournalReader {
    private final BufferedReader in;
    private final Digest.Hasher hasher = Digest.hasher();

    private JournalReader(BufferedReader in) {
        this.in = in;
    }

    /**
     * Reads the journal in the directory of a transaction.
     *
     * @throws ProtocolException {@code journal_newer} if a newer agent wrote it, {@code manifest_invalid} if it is not
     *     whole
     */
    public static Transaction read(Directory directory) throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Channels.newInputStream(directory.read(Layout.JOURNAL)), StandardCharsets.UTF_8))) {
            return new JournalReader(in).read();
        } catch (ProtocolException e) {
            boolean asIs = e.code() == ErrorCode.JOURNAL_NEWER || e.code() == ErrorCode.MANIFEST_INVALID;
            throw asIs ? e : damaged(e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw damaged(e);
        }
    }

    private static ProtocolException damaged(Exception e) {
        ProtocolException damaged = damaged(String.valueOf(e.getMessage()));
        damaged.initCause(e);
        return damaged;
    }

    private Transaction read() throws IOException {
        String first = line();
        if (!first.startsWith(JournalWriter.FIRST_LINE)) {
            throw damaged("it begins with: " + first);
        }
        checkVersion(Integer.parseInt(first.substring(JournalWriter.FIRST_LINE.length())));
        long number = Long.parseLong(field("number"));
        String batch = optional(field("batch"));
        String reason = field("reason");
        String[] from = field("from").split(" ", -1);
        String[] to = field("to").split(" ", -1);
        String git = optional(field("git"));
        String boot = field("boot");
        long made = Long.parseLong(field("made"));
        return new Transaction(
                number,
                batch,
                reason,
                cursor(from),
                TreeDigest.parse(from[2]),
                cursor(to),
                TreeDigest.parse(to[2]),
                git,
                boot,
                made,
                plan());
    }

    static void checkVersion(int version) throws ProtocolException {
        if (version > JournalWriter.VERSION) {
            throw new ProtocolException(
                    ErrorCode.JOURNAL_NEWER,
                    "it was written by a newer notesync (journal " + version + ", this one knows "
                            + JournalWriter.VERSION + ")");
        }
    }

    static @Nullable Cursor cursor(String[] words) throws ProtocolException {
        return words[0].equals("-") ? null : new Cursor(Id.parse(words[0]), Long.parseLong(words[1]));
    }

    private static @Nullable String optional(String text) {
        return text.equals("-") ? null : text;
    }

    private Plan plan() throws IOException {
        List<Step> steps = new ArrayList<>();
        List<Kept> kept = new ArrayList<>();
        List<Entry> removed = new ArrayList<>();
        List<Entry> added = new ArrayList<>();
        Set<RelativePath> adopted = new HashSet<>();
        while (true) {
            String line = rawLine();
            if (line.startsWith("end ")) {
                if (!line.substring(4).equals(hasher.digest().hex())) {
                    throw damaged("its digest is wrong");
                }
                return new Plan(steps, removed, added, adopted, kept, Set.of());
            }
            hash(line);
            Step step = StepLine.read(line);
            if (step != null) {
                steps.add(step);
            } else if (line.startsWith("- ")) {
                removed.add(EntryLine.read(line.substring(2)));
            } else if (line.startsWith("+ ") || line.startsWith("= ")) {
                Entry entry = EntryLine.read(line.substring(2));
                added.add(entry);
                if (line.charAt(0) == '=') {
                    adopted.add(entry.path());
                }
            } else if (line.startsWith("kept ")) {
                String[] words = line.split(" ", 4);
                kept.add(new Kept(Integer.parseInt(words[1]), RelativePath.parse(words[3]), words[2]));
            } else {
                throw damaged("unknown line: " + line);
            }
        }
    }

    private String field(String name) throws IOException {
        String line = line();
        if (!line.startsWith(name + " ")) {
            throw damaged("'" + name + "' is missing");
        }
        return line.substring(name.length() + 1);
    }

    private String line() throws IOException {
        String line = rawLine();
        hash(line);
        return line;
    }

    private String rawLine() throws IOException {
        String line = in.readLine();
        if (line == null) {
            throw damaged("it ends too early");
        }
        return line;
    }

    private void hash(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        hasher.update(bytes, 0, bytes.length);
    }

    static ProtocolException damaged(String why) {
        return new ProtocolException(ErrorCode.MANIFEST_INVALID, "damaged journal: " + why);
    }
}
