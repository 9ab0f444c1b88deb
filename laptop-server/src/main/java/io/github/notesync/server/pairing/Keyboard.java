package io.github.notesync.server.pairing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Reads the user's answers to pairings from standard input, a terminal or a pipe. Runs on a thread of its own, which ends
 * with the input.
 */
public final class Keyboard {
    /** Behind a code: also for the next runs of the server. */
    private static final String REMEMBER = " keep";

    /** In front of a notebook's name, or "all". */
    private static final String REVOKE = "revoke ";

    private static final int LONGEST_LINE = 200;
    private static final int GROUP = 2;
    private static final int TERMINAL = 4;
    private static final int TERMINAL_GROUP = 5;

    private final InputStream in;
    private final Decisions decisions;

    public Keyboard(InputStream in, Decisions decisions) {
        this.in = in;
        this.decisions = decisions;
    }

    public void start() {
        Thread thread = new Thread(this::run, "notesync-keyboard");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            awaitForeground();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answer(line.strip());
                awaitForeground();
            }
        } catch (IOException e) {
            // Without a keyboard there is still the dashboard.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(String line) {
        List<Pairings.Pending> pending = decisions.pending();
        if (line.isEmpty() || line.length() > LONGEST_LINE) {
            return;
        }
        if (line.startsWith(REVOKE)) {
            decisions.revoke(line.substring(REVOKE.length()).strip());
        } else if (!pending.isEmpty() && List.of("n", "no").contains(line.toLowerCase(Locale.ROOT))) {
            decisions.deny(pending.get(pending.size() - 1));
        } else {
            boolean remember = line.toLowerCase(Locale.ROOT).endsWith(REMEMBER);
            decisions.type(
                    remember
                            ? line.substring(0, line.length() - REMEMBER.length())
                                    .strip()
                            : line,
                    remember);
        }
    }

    /** A program in the background that reads from its terminal is stopped by the system, all of it. */
    private static void awaitForeground() throws InterruptedException {
        while (isInBackground()) {
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** Linux tells in the fields behind the program's name. */
    private static boolean isInBackground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            return !fields.get(TERMINAL).equals("0")
                    && !fields.get(GROUP).equals(fields.get(TERMINAL_GROUP))
                    && isTerminal();
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isTerminal() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().startsWith("/dev/");
        } catch (IOException e) {
            return false;
        }
    }
}
