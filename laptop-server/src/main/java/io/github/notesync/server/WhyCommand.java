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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
            .desc("The project (default: the current directory).")
            .get();

    private final PrintStream out;

    WhyCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public String usage() {
        return CalledAs.text() + " why [--in DIR] PATH...";
    }

    @Override
    public String purpose() {
        return "Tells for each path, relative to the project, whether it is synchronised, and which rule or problem says so.";
    }

    @Override
    public String more() {
        return "";
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
        Project project = Project.at(Path.of(given.getOptionValue(IN, ".")));
        try {
            answer(project, given.getArgList());
            return 0;
        } catch (AccessDeniedException e) {
            throw new UserError(
                    e.getFile() + " cannot be read: permission denied; give yourself permission to read it");
        }
    }

    private void answer(Project project, List<String> paths) throws UserError, IOException, InterruptedException {
        Roots roots = new Roots(project.root(), project.config().roots());
        IgnoreRules rules = new IgnoreRules(project.root(), project.config());
        Findings findings = null;
        for (String path : paths) {
            String relative = relative(roots, path);
            Path onDisk = roots.onDisk(relative);
            Verdict verdict = rules.why(relative, Files.isDirectory(onDisk) || path.endsWith("/"));
            Problem problem = null;
            if (!verdict.ignored()) {
                findings = findings == null ? Scanner.look(project.root(), project.config()) : findings;
                problem = findings.problem(relative);
            }
            out.println(Shown.of(answer(relative, onDisk, verdict, problem)));
        }
    }

    private static String answer(String relative, Path onDisk, Verdict verdict, @Nullable Problem problem) {
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
        if (absolute.equals(roots.project())) {
            throw new UserError(path + " is the project itself: name a path inside it");
        }
        if (!absolute.startsWith(roots.project())) {
            throw new UserError(path + " is not inside the project " + roots.text());
        }
        return roots.project().relativize(absolute).toString().replace('\\', '/');
    }
}
