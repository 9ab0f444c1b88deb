package io.github.notesync.server;

import io.github.notesync.server.config.Roots;
import io.github.notesync.server.ignore.IgnoreRules;
import io.github.notesync.server.ignore.Verdict;
import io.github.notesync.server.scan.Findings;
import io.github.notesync.server.scan.Problem;
import io.github.notesync.server.scan.Scanner;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether a path is synchronised, and which rule or problem decides. */
@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Tells for each path whether it is synchronised, and which rule or problem says so.")
final class WhyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--in", paramLabel = "DIR", description = "The project (default: the current directory).")
    private Path directory = Path.of("");

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Relative to the project.")
    private List<String> paths = List.of();

    @Override
    public Integer call() throws UserError, IOException, InterruptedException {
        Project project = Project.at(directory);
        Findings findings = Scanner.look(project.root(), project.config());
        PrintWriter out = spec.commandLine().getOut();
        for (String path : paths) {
            out.println(answer(project, findings, path));
        }
        return 0;
    }

    private static String answer(Project project, Findings findings, String path) throws UserError, IOException {
        Roots roots = new Roots(project.root(), project.config().roots());
        String relative = relative(roots, path);
        Path onDisk = roots.onDisk(relative);
        boolean isDirectory = Files.isDirectory(onDisk) || path.endsWith("/");
        Verdict verdict = new IgnoreRules(project.root(), project.config()).why(relative, isDirectory);
        Problem problem = verdict.ignored() ? null : findings.problem(relative);
        if (problem != null) {
            return problem.message() + "; " + problem.remedy();
        }
        boolean isThere = Files.exists(onDisk, LinkOption.NOFOLLOW_LINKS);
        return relative + ": " + verdict.text() + (verdict.ignored() || isThere ? "" : "; it is not there now");
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
