package io.github.notesync.server.scan;

import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.ConfigException;
import io.github.notesync.server.config.Located;
import io.github.notesync.server.ignore.IgnoreRules;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with the configuration of a project that is being served, each with its remedy. One thread at a time. */
public final class ConfigProblems {
    private static final String PATH = "configuration";

    private ConfigProblems() {}

    /** What it says to no effect. The index tells what is sent, which a directory may become while the server runs. */
    public static List<Problem> idle(Config config, Index index) {
        List<Problem> problems = new ArrayList<>();
        IgnoreRules.idle(config).forEach(rule -> problems.add(rule(rule)));
        List<Located> paths = config.pythonPaths() == null ? List.of() : config.pythonPaths();
        for (Located each : paths) {
            String path = plain(each.text());
            Item item = path.isEmpty() ? null : index.item(path);
            if (!path.isEmpty() && (item == null || !item.isDirectory())) {
                problems.add(pythonPath(each, item != null));
            }
        }
        return problems;
    }

    /** As the index names it. */
    private static String plain(String path) {
        return Arrays.stream(Normalizer.normalize(path, Normalizer.Form.NFC).split("/"))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .collect(Collectors.joining("/"));
    }

    private static Problem rule(Located rule) {
        return new Problem(
                PATH,
                "config_ignore",
                rule.place() + ": the ignore rule '" + rule.text() + "' can match no path, so it ignores nothing",
                "write it as in .gitignore: every [ closed, or \\[ for the character; a path from the top of the project,"
                        + " without ./ or ../");
    }

    private static Problem pythonPath(Located path, boolean isFile) {
        return new Problem(
                PATH,
                "config_python_path",
                path.place() + ": the directory '" + path.text() + "' of python-paths "
                        + (isFile ? "is a file" : "is not sent, so nothing is imported from it"),
                isFile
                        ? "name the directory that holds it"
                        : "make it if it does not exist yet, correct its name, or see 'why " + path.text()
                                + "' for the rule that ignores it");
    }

    /** It cannot be used; the server goes on with the one before. */
    public static Problem invalid(ConfigException e) {
        return new Problem(
                PATH,
                "config_invalid",
                e.getMessage() + "; the earlier configuration stays",
                "mend it and save it: it is read again then");
    }
}
