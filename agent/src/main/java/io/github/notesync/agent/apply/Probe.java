package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tries out, in our own directory, what a file system can do. Everything works without; what is weaker is said in one
 * line each.
 */
public final class Probe {
    static final String IGNORES_CASE = "ignores_case";
    static final String NO_SYMLINKS = "no_symlinks";
    static final String NO_RENAME = "no_rename";
    private static final String FILE = "probe";
    private static final String OTHER = "probe.2";
    private static final long TIME = 1_500_000_000_123_456_789L;

    private final Directory scratch;
    private final List<Weakness> found = new ArrayList<>();

    /** @param code for programs */
    public record Weakness(String code, String text) {
        public JsonObject toJson() {
            return JsonObject.builder().put("code", code).put("text", text).build();
        }
    }

    private interface Try {
        boolean works() throws IOException;
    }

    private Probe(Directory scratch) {
        this.scratch = scratch;
    }

    /** What is weaker here; the directory is left empty. */
    public static List<Weakness> run(Directory scratch) throws IOException {
        Probe probe = new Probe(scratch);
        try {
            probe.clean();
            probe.run();
        } finally {
            probe.clean();
        }
        return List.copyOf(probe.found);
    }

    private void clean() throws IOException {
        for (String name : scratch.list()) {
            Workspace.deleteAll(scratch, name);
        }
    }

    private void run() throws IOException {
        make(FILE);
        need(
                IGNORES_CASE,
                "upper and lower case are the same here: a file of yours whose name differs only in case from one of the"
                        + " laptop's is set aside",
                () -> scratch.stat(FILE.toUpperCase(Locale.ROOT)) == null);
        need(
                NO_SYMLINKS,
                "symbolic links cannot be made here: each is a small file that holds its target, as git does it, so what"
                        + " is behind a link is not found under its name",
                () -> {
                    scratch.makeSymlink("link", FILE);
                    return true;
                });
        need("no_times", "modification times cannot be set here: stale bytecode is deleted instead", () -> {
            scratch.setModified(FILE, TIME);
            Stat stat = scratch.stat(FILE);
            return stat != null && stat.modifiedSecond() == TIME / 1_000_000_000;
        });
        need("no_modes", "the executable bit cannot be set here", () -> {
            scratch.setExecutable(FILE, true);
            Stat on = scratch.stat(FILE);
            scratch.setExecutable(FILE, false);
            Stat off = scratch.stat(FILE);
            return on != null && off != null && on.executable() && !off.executable();
        });
        need(
                NO_RENAME,
                "files cannot be renamed here: a batch is copied in place, so another program may see half of it"
                        + " for a moment; a crash is still repaired",
                () -> {
                    make(OTHER);
                    scratch.rename(OTHER, scratch, FILE);
                    return true;
                });
    }

    private void make(String name) throws IOException {
        try (OutputFile out = scratch.create(name, false)) {
            out.write(ByteBuffer.wrap(new byte[] {'x'}));
        }
    }

    private void need(String code, String text, Try attempt) throws IOException {
        boolean works;
        try {
            works = attempt.works();
        } catch (UnsupportedOperationException e) {
            works = false;
        } catch (FileSystemException e) {
            if (!Mover.isUnsupported(e)) {
                throw e;
            }
            works = false;
        }
        if (!works) {
            found.add(new Weakness(code, text));
        }
    }
}
