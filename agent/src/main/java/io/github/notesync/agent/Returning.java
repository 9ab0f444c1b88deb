package io.github.notesync.agent;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.agent.receive.Machine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The kernels that an earlier agent served and that have not come back to this one: any of them may be in the middle of
 * a cell, so nothing is applied before they have said so, were found dead, or let some seconds pass. Only for the
 * replica's thread.
 */
final class Returning {
    static final long PATIENCE_MILLIS = 3_000;

    private final Machine machine;
    private final Set<Peer> missing = new HashSet<>();
    private final long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);

    private record Peer(long pid, long started) {}

    private Returning(Machine machine) {
        this.machine = machine;
    }

    /**
     * Those that were noted down in {@code home}.
     *
     * @param here those that are attached already
     */
    static Returning to(Directory home, Machine machine, Collection<Kernel> here) {
        Returning returning = new Returning(machine);
        try {
            if (home.stat(Layout.KERNELS) != null) {
                returning.read(home);
            }
        } catch (IOException | RuntimeException e) {
            Log.line("which kernels were attached before cannot be read: " + e);
        }
        here.forEach(returning::came);
        return returning;
    }

    private void read(Directory home) throws IOException {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(home.read(Layout.KERNELS)), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                missing.add(new Peer(Long.parseLong(words[0]), Long.parseLong(words[1])));
            }
        }
    }

    /** Notes down who is attached or missed, for an agent to come. */
    void note(Directory home, Collection<Kernel> kernels) {
        Set<Peer> all = new LinkedHashSet<>(missing);
        kernels.forEach(each -> all.add(new Peer(each.pid(), each.started())));
        StringBuilder lines = new StringBuilder();
        for (Peer each : all) {
            if (each.started() != 0) {
                lines.append(each.pid()).append(' ').append(each.started()).append('\n');
            }
        }
        try {
            if (lines.isEmpty()) {
                Workspace.deleteAll(home, Layout.KERNELS);
                return;
            }
            try (OutputFile out = home.overwrite(Layout.KERNELS, false)) {
                out.write(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            Log.line("which kernels are attached cannot be noted down: " + e);
        }
    }

    void came(Kernel kernel) {
        missing.remove(new Peer(kernel.pid(), kernel.started()));
    }

    boolean anyIsMissing() {
        if (System.nanoTime() - until >= 0) {
            missing.clear();
        }
        missing.removeIf(each -> machine.started(each.pid()) != each.started());
        return !missing.isEmpty();
    }

    /** For people. */
    List<String> names() {
        return missing.stream().map(each -> "process " + each.pid()).toList();
    }
}
