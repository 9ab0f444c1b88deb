package io.github.notesync.server;

import io.github.notesync.server.config.Roots;
import io.github.notesync.server.ignore.IgnoreRules;
import io.github.notesync.server.ignore.Verdict;
import io.github.notesync.server.scan.Findings;
import io.github.notesync.server.scan.Problem;
import io.github.notesync.server.scan.Scanner;
import io.github.notesync.server.tell.Shown;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.jspecify.annotations.Nullable;

/** Says whether a path is synchronised, and which rule or problem decides. */
final class WhyCommand implements Command {
    static final String NAME = "why";

    private static final Option IN = Option.builder()
            .longOpt("in")
            .hasArg()
            .argName("DIR")
            .desc("The project, to which PATH is relative then (default: the one that you are in).")
            .get();

    private final Path here;
    private final PrintStream out;
    private final PrintStream err;

    /** @param here where the user is */
    WhyCommand(Path here, PrintStream out, PrintStream err) {
        this.here = here;
        this.out = out;
        this.err = err;
    }

    @Override
    public String usage() {
        return CalledAs.text() + " why [--in DIR] PATH...";
    }

    @Override
    public String purpose() {
        return "Tells for each path whether it is synchronised, and which rule or problem says so.";
    }

    @Override
    public String more() {
        return "The project is the directory that a server serves, or the one with .git, pyproject.toml or notesync.toml: here or"
                + " above. The exit code is 1 if a path could not be answered for; the others are answered for all the same.";
    }

    @Override
    public Options options() {
        return new Options().addOption(IN);
    }

    @Override
    public int run(CommandLine given) throws ParseException, UserError, IOException, InterruptedException {
        if (given.getArgList().isEmpty()) {
            throw new ParseException("why which PATH?");
        }
        Path from = here.toRealPath();
        Project project = Project.at(
                given.hasOption(IN)
                        ? from.resolve(given.getOptionValue(IN))
                        : NearestProject.of(from, Project.userState()));
        try {
            return answer(project, given.hasOption(IN) ? project.root() : from, given.getArgList()) ? 0 : 1;
        } catch (AccessDeniedException e) {
            throw new UserError(
                    e.getFile() + " cannot be read: permission denied; give yourself permission to read it");
        }
    }

    /** Returns whether there was an answer for each. */
    private boolean answer(Project project, Path from, List<String> paths) throws IOException, InterruptedException {
        Roots roots = new Roots(project.root(), project.config().roots());
        IgnoreRules rules = new IgnoreRules(project.root(), project.config());
        Findings findings = null;
        boolean all = true;
        for (String path : paths) {
            String relative;
            try {
                relative = AskedPath.relative(roots, from, path);
            } catch (UserError e) {
                err.println("notesync: " + Shown.of(String.valueOf(e.getMessage())));
                all = false;
                continue;
            }
            Path onDisk = roots.onDisk(relative);
            Verdict verdict = rules.why(relative, Files.isDirectory(onDisk) || path.endsWith("/"));
            Problem problem = null;
            if (!verdict.ignored()) {
                findings = findings == null ? Scanner.look(project.root(), project.config()) : findings;
                problem = findings.problem(relative);
            }
            out.println(Shown.of(answer(relative, onDisk, verdict, problem)));
        }
        return all;
    }

    private static String answer(String relative, Path onDisk, Verdict verdict, @Nullable Problem problem) {
        if (problem != null) {
            return problem.message() + "; " + problem.remedy();
        }
        return relative + ": " + verdict.text()
                + (verdict.ignored() || AskedPath.isThere(onDisk) ? "" : "; it is not there now");
    }
}
