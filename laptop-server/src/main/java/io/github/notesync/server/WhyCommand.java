package io.github.notesync.server;

import io.github.notesync.server.ignore.IgnoreRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says which rule makes a path part of the project or not. */
@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Tells for each path whether it is synchronised, and which rule says so.")
final class WhyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--in", paramLabel = "DIR", description = "The project (default: the current directory).")
    private Path directory = Path.of("");

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Relative to the project.")
    private List<String> paths = List.of();

    @Override
    public Integer call() throws UserError, IOException {
        Project project = Project.at(directory);
        PrintWriter out = spec.commandLine().getOut();
        for (String path : paths) {
            Path absolute = project.root().resolve(path).normalize();
            if (!absolute.startsWith(project.root()) || absolute.equals(project.root())) {
                throw new UserError(path + " is not inside the project " + project.root());
            }
            String relative = project.root().relativize(absolute).toString().replace('\\', '/');
            boolean isDirectory = Files.isDirectory(absolute) || path.endsWith("/");
            IgnoreRules rules = new IgnoreRules(project.root(), project.config());
            out.println(relative + ": " + rules.why(relative, isDirectory).text());
        }
        return 0;
    }
}
