package io.github.notesync.server;

import io.github.notesync.server.config.Roots;
import io.github.notesync.server.ignore.IgnoreRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        Roots roots = new Roots(project.root(), project.config().roots());
        PrintWriter out = spec.commandLine().getOut();
        for (String path : paths) {
            String relative = relative(roots, path);
            boolean isDirectory = Files.isDirectory(roots.onDisk(relative)) || path.endsWith("/");
            IgnoreRules rules = new IgnoreRules(project.root(), project.config());
            out.println(relative + ": " + rules.why(relative, isDirectory).text());
        }
        return 0;
    }

    /** As it travels: relative to the project, or below the place of another root. */
    private static String relative(Roots roots, String path) throws UserError {
        Path absolute = roots.project().resolve(path).normalize();
        for (Map.Entry<String, Path> each : roots.others().entrySet()) {
            if (absolute.startsWith(each.getValue())) {
                String inside = each.getValue().relativize(absolute).toString().replace('\\', '/');
                return inside.isEmpty() ? each.getKey() : each.getKey() + "/" + inside;
            }
        }
        if (!absolute.startsWith(roots.project()) || absolute.equals(roots.project())) {
            throw new UserError(path + " is not inside the project " + roots.text());
        }
        return roots.project().relativize(absolute).toString().replace('\\', '/');
    }
}
