package io.github.notesync.server;

import picocli.CommandLine;

/** Entry of the program: arguments and wiring only. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exit = commandLine().execute(args);
        if (exit != ServeCommand.SERVING) {
            System.exit(exit);
        }
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new ServeCommand());
        line.addSubcommand(new WhyCommand());
        line.setParameterExceptionHandler((e, args) -> {
            String hint = CommandLine.UnmatchedArgumentException.printSuggestions(
                            e, e.getCommandLine().getErr())
                    ? ""
                    : "; see --help";
            e.getCommandLine().getErr().println("notesync: " + e.getMessage() + hint);
            return 2;
        });
        line.setExecutionExceptionHandler((e, failed, parsed) -> {
            if (e instanceof UserError) {
                failed.getErr().println("notesync: " + e.getMessage());
                return 1;
            }
            throw e;
        });
        return line;
    }

    /** The version of the jar. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "0.0.0" : version;
    }
}
