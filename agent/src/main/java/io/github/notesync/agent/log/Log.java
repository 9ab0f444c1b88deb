package io.github.notesync.agent.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Lines on standard error, which the launcher keeps in a file and shows when something fails. Any thread. */
public final class Log {
    private Log() {}

    public static void line(String text) {
        System.err.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " notesync: " + text);
    }

    /** A fault of our own: with the trace. */
    public static void bug(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        line("internal error, please report: " + trace);
    }

    /**
     * A fault after which nothing can be relied on: ends the process, as {@code kill -9} would. A kernel starts the next
     * agent, and that recovers; one that stayed would be alive and deaf.
     */
    public static void fatal(Throwable thrown) {
        try {
            bug(thrown);
        } finally {
            Runtime.getRuntime().halt(2);
        }
    }
}
