package io.github.notesync.server;

import java.io.IOException;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/** One thing that the program can be told to do. */
interface Command {
    /** No exit code: the program goes on until it is stopped. */
    int SERVING = -1;

    /** How it is called. */
    String usage();

    /** What it does, for its help. */
    String purpose();

    /** What else its help says. */
    String more();

    /** Those of its own. */
    Options options();

    /** Returns the exit code. */
    int run(CommandLine given) throws ParseException, UserError, IOException, InterruptedException;
}
