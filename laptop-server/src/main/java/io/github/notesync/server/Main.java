package io.github.notesync.server;

import io.github.notesync.protocol.Protocol;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.help.HelpFormatter;
import org.apache.commons.cli.help.TextHelpAppendable;

/** Entry of the program: arguments and wiring only. */
public final class Main {
    private static final Option HELP =
            Option.builder("h").longOpt("help").desc("Shows this.").get();
    private static final Option VERSION = Option.builder("V")
            .longOpt("version")
            .desc("Says which version this is.")
            .get();

    private Main() {}

    public static void main(String[] args) {
        int exit = run(args, System.out, System.err);
        if (exit != Command.SERVING) {
            System.exit(exit);
        }
    }

    /** Returns the exit code: 1 for what the user can put right elsewhere, 2 for arguments that are wrong. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        return run(args, Path.of(""), out, err);
    }

    /** @param here where the user is */
    @SuppressWarnings("CatchAndPrintStackTrace")
    static int run(String[] args, Path here, PrintStream out, PrintStream err) {
        boolean why = args.length > 0 && args[0].equals(WhyCommand.NAME);
        Command command = why ? new WhyCommand(here, out, err) : new ServeCommand(out);
        try {
            return run(command, why ? Arrays.copyOfRange(args, 1, args.length) : args, out);
        } catch (ParseException e) {
            err.println("notesync: " + e.getMessage() + "; see --help");
            return 2;
        } catch (UserError e) {
            err.println("notesync: " + e.getMessage());
            return 1;
        } catch (IOException | InterruptedException | RuntimeException e) {
            e.printStackTrace(err);
            return 1;
        }
    }

    private static int run(Command command, String[] args, PrintStream out)
            throws ParseException, UserError, IOException, InterruptedException {
        Options options = command.options().addOption(HELP).addOption(VERSION);
        DefaultParser parser =
                DefaultParser.builder().setAllowPartialMatching(false).get();
        CommandLine given = parser.parse(options, args);
        if (given.hasOption(HELP)) {
            HelpFormatter.builder()
                    .setHelpAppendable(new TextHelpAppendable(out))
                    .setShowSince(false)
                    .get()
                    .printHelp(command.usage(), command.purpose(), options, command.more(), false);
            return 0;
        }
        if (given.hasOption(VERSION)) {
            out.println("notesync server " + version() + " (protocol " + Protocol.PROTOCOL_VERSION + ", Java "
                    + Runtime.version().feature() + ")");
            return 0;
        }
        return command.run(given);
    }

    /** The version of the jar. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "0.0.0" : version;
    }
}
