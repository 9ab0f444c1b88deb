package io.github.notesync.server.tell;

import java.io.Console;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Lines for people, with the time; on a terminal in colour, and progress on a line that is overwritten. Any thread. */
public final class TerminalTeller implements Teller {
    private static final String DIM = "\033[2m";
    private static final String YELLOW = "\033[33m";
    private static final String PLAIN = "\033[0m";
    private static final String ERASE = "\r\033[K";
    /** Around a line of progress: what is too long for a narrow window is cut, else no carriage return leads back over it. */
    private static final String CUT = "\033[?7l";

    private static final String WRAP = "\033[?7h";
    private static final String PROBLEM = "problem";

    /** A folder of data with names that cannot travel must not push everything else off the screen. */
    private static final int PROBLEMS_IN_A_ROW = 20;

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colour;
    private boolean onProgressLine;
    private int problemsInARow;

    /**
     * @param terminal whether a line can be overwritten there
     * @param colour whether the user, who has a terminal, wants colours
     */
    public TerminalTeller(PrintStream out, boolean terminal, boolean colour) {
        this.out = out;
        this.terminal = terminal;
        this.colour = terminal && colour;
    }

    /** For standard output, whatever it is. */
    public static TerminalTeller on(PrintStream out) {
        return new TerminalTeller(out, isTerminal(), isColourWanted(System.getenv("NO_COLOR")));
    }

    /** As https://no-color.org has it: any value but none and the empty one says no. */
    static boolean isColourWanted(@Nullable String noColor) {
        return noColor == null || noColor.isEmpty();
    }

    /** Before Java 22 there is a console only where there is a terminal; since then the console has to be asked. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    @Override
    public synchronized void tell(Event event) {
        String line = event.line();
        if (line == null) {
            return;
        }
        problemsInARow = event.name().equals(PROBLEM) ? problemsInARow + 1 : 0;
        if (problemsInARow <= PROBLEMS_IN_A_ROW) {
            print(event.name(), line);
        } else if (problemsInARow == PROBLEMS_IN_A_ROW + 1) {
            print(PROBLEM, Texts.MORE_PROBLEMS);
        }
    }

    private void print(String name, String text) {
        clearProgress();
        String time = LocalTime.now(ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        String padded = time.length() == 5 ? time + ":00" : time;
        boolean loud = name.equals(PROBLEM) || name.equals("notice") || name.equals("pairing");
        for (String each : text.split("\n", -1)) {
            String line = Shown.of(each);
            out.println(
                    colour ? DIM + padded + PLAIN + " " + (loud ? YELLOW + line + PLAIN : line) : padded + " " + line);
        }
        out.flush();
    }

    @Override
    public synchronized void progress(Meter meter) {
        if (terminal) {
            out.print(ERASE + CUT + Shown.of(meter.text()) + WRAP);
            out.flush();
            onProgressLine = true;
        }
    }

    private void clearProgress() {
        if (onProgressLine) {
            out.print(ERASE);
            onProgressLine = false;
        }
    }
}
