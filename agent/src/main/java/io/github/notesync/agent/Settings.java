package io.github.notesync.agent;

import java.nio.file.Path;

/**
 * How this agent was started.
 *
 * @param state where the connection file is
 * @param idleMillis leave when no kernel was there for so long
 * @param historyCount sequences that can be gone back
 * @param historyBytes bytes that these may hold
 */
record Settings(Path state, long idleMillis, int historyCount, long historyBytes) {
    static final String USAGE =
            "usage: java -jar notesync-agent.jar --state DIR [--idle-minutes N] [--history-count N] [--history-bytes N]";

    /** @throws IllegalArgumentException with a sentence for people */
    static Settings parse(String[] args) {
        Path state = null;
        long idleMinutes = 10;
        int historyCount = 20;
        long historyBytes = 1L << 30;
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException("option " + args[i] + " has no value; " + USAGE);
            }
            String value = args[i + 1];
            switch (args[i]) {
                case "--state" -> state = Path.of(value).toAbsolutePath();
                case "--idle-minutes" -> idleMinutes = number(args[i], value);
                case "--history-count" -> historyCount = (int) Math.min(number(args[i], value), 10_000);
                case "--history-bytes" -> historyBytes = number(args[i], value);
                default -> throw new IllegalArgumentException("option " + args[i] + " is unknown; " + USAGE);
            }
        }
        if (state == null) {
            throw new IllegalArgumentException("--state is missing; " + USAGE);
        }
        return new Settings(state, idleMinutes * 60_000, historyCount, historyBytes);
    }

    private static long number(String option, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("option " + option + " takes a number, not '" + value + "'");
    }
}
