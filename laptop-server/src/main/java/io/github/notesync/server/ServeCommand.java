package io.github.notesync.server;

import io.github.notesync.server.tell.JsonTeller;
import io.github.notesync.server.tell.Teller;
import io.github.notesync.server.tell.TerminalTeller;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/** Serves one project until it is stopped. */
final class ServeCommand implements Command {
    private static final int USUAL_PORT = 8765;

    private static final Option PORT = Option.builder()
            .longOpt("port")
            .hasArg()
            .argName("N")
            .desc("On 127.0.0.1 (default: " + USUAL_PORT + "; 0: any that is free).")
            .get();
    private static final Option ALLOW_HOST = Option.builder()
            .longOpt("allow-host")
            .hasArg()
            .argName("NAME")
            .desc("Another name by which the server may be called, for a tunnel. Can be repeated.")
            .get();
    /** As some remember it. */
    private static final Option HOST_ALLOW = Option.builder()
            .longOpt("host-allow")
            .hasArg()
            .argName("NAME")
            .desc("The same as --allow-host.")
            .get();

    private static final Option JSON = Option.builder()
            .longOpt("json")
            .desc("One JSON object per event on standard output, for programs.")
            .get();

    private final PrintStream out;

    ServeCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public String usage() {
        return CalledAs.text() + " [OPTIONS] [DIR]";
    }

    @Override
    public String purpose() {
        return "Lets notebooks follow a project: watches DIR (default: here) and serves what changes to those whom you allow.";
    }

    @Override
    public String more() {
        return "What belongs to the project is decided by .gitignore, .notesyncignore and [tool.notesync] in pyproject.toml;"
                + " '" + CalledAs.text() + " why PATH' says which rule decides. The project is never written.\n\n"
                + "While it runs, type the code that a notebook shows to allow it, n to refuse, 'revoke NAME' or 'revoke all'"
                + " to end what you allowed. What it remembers is in ~/.local/state/notesync"
                + " (on Windows in %LOCALAPPDATA%\\notesync), or where NOTESYNC_STATE says.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(PORT)
                .addOption(ALLOW_HOST)
                .addOption(HOST_ALLOW)
                .addOption(JSON);
    }

    @Override
    public int run(CommandLine given) throws ParseException, UserError, IOException, InterruptedException {
        if (given.getArgList().size() > 1) {
            throw new ParseException("one project at a time, not " + String.join(" and ", given.getArgList()));
        }
        int port = port(given);
        List<String> hosts = new ArrayList<>();
        for (Option each : List.of(ALLOW_HOST, HOST_ALLOW)) {
            if (given.hasOption(each)) {
                hosts.addAll(List.of(given.getOptionValues(each)));
            }
        }
        Project project = Project.at(
                Path.of(given.getArgList().isEmpty() ? "." : given.getArgList().get(0)));
        Teller teller = given.hasOption(JSON) ? new JsonTeller(out) : TerminalTeller.on(out);
        try {
            Serving.start(project, port, hosts, teller);
            return SERVING;
        } catch (BindException e) {
            throw new UserError(
                    "port " + port
                            + " is taken, perhaps by another notesync server: stop that, or choose another with --port N (0: any)");
        }
    }

    private static int port(CommandLine given) throws ParseException {
        String told = given.getOptionValue(PORT, String.valueOf(USUAL_PORT));
        int port;
        try {
            port = Integer.parseInt(told);
        } catch (NumberFormatException e) {
            throw new ParseException("--port " + told + " is not a number");
        }
        if (port < 0 || port > 65535) {
            throw new ParseException("--port " + port + " is not in 0..65535");
        }
        return port;
    }
}
