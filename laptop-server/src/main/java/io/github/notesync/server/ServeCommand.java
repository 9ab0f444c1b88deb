package io.github.notesync.server;

import io.github.notesync.server.tell.JsonTeller;
import io.github.notesync.server.tell.Teller;
import io.github.notesync.server.tell.TerminalTeller;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves one project until it is stopped. */
@Command(
        name = "notesync-server",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Lets notebooks follow a project: watches DIR and serves what changes to those whom you allow.",
        footer = {
            "",
            "What belongs to the project is decided by .gitignore, .notesyncignore and",
            "[tool.notesync] in pyproject.toml; 'notesync-server why PATH' says which rule",
            "decides. The project is never written."
        })
final class ServeCommand implements Callable<Integer> {
    /** No exit code: the program goes on until it is stopped. */
    static final int SERVING = -1;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = "The project (default: here).")
    private Path directory = Path.of("");

    @Option(names = "--port", paramLabel = "N", description = "On 127.0.0.1 (default: 8765; 0: any that is free).")
    private int port = 8765;

    @Option(
            names = {"--allow-host", "--host-allow"},
            paramLabel = "NAME",
            description = "Another name by which the server may be called, for a tunnel. Can be repeated.")
    private List<String> allowedHosts = List.of();

    @Option(names = "--json", description = "One JSON object per event on standard output, for programs.")
    private boolean json;

    @Override
    public Integer call() throws UserError, IOException {
        if (port < 0 || port > 65535) {
            throw new ParameterException(spec.commandLine(), "--port " + port + " is not in 0..65535");
        }
        Project project = Project.at(directory.toString().isEmpty() ? Path.of(".") : directory);
        Teller teller = json ? new JsonTeller(System.out) : TerminalTeller.on(System.out);
        try {
            Serving.start(project, port, allowedHosts, teller);
            return SERVING;
        } catch (BindException e) {
            throw new UserError(
                    "port " + port
                            + " is taken, perhaps by another notesync server: stop that, or choose another with --port N (0: any)");
        }
    }
}
