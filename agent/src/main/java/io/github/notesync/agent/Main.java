package io.github.notesync.agent;

import io.github.notesync.agent.log.Log;
import java.io.IOException;

/** Entry of the program: arguments and wiring only. */
public final class Main {
    private Main() {}

    /** Serves until it is told to leave. Exit status 1: it could not start, one sentence on standard error says why. */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--version")) {
            System.out.println("notesync-agent " + version());
            return;
        }
        int status = 0;
        try {
            Service.run(Settings.parse(args), version());
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("notesync: " + e.getMessage());
            status = 1;
        } catch (RuntimeException | Error e) {
            Log.bug(e);
            status = 1;
        }
        Runtime.getRuntime().halt(status);
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }
}
