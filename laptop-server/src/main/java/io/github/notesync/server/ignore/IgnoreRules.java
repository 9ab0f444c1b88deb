package io.github.notesync.server.ignore;

import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.Located;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides for every path of the source whether it belongs to the project.
 *
 * <p>The first source of rules that speaks of a path decides: .notesyncignore (the deepest first), the configuration's
 * ignore list, its patterns, the built-in rules, .gitignore (the deepest first), .git/info/exclude. Below an ignored
 * directory everything is ignored. Rule files are read when their directory is {@link #enter entered}, which the scanner
 * does from the root downwards. One thread at a time.
 */
public final class IgnoreRules {
    /** The rule file of git, read in every directory. */
    public static final String GITIGNORE = ".gitignore";

    /** Our own rule file, stronger than git's. */
    public static final String NOTESYNCIGNORE = ".notesyncignore";

    private static final RuleFile BUILT_INS = BuiltIns.rules();

    private final Path root;
    private final Config config;
    private final RuleFile configured;
    private RuleFile excluded = RuleFile.EMPTY;

    /** By directory, "" for the root; only where a file has rules. */
    private final Map<String, RuleFile> git = new HashMap<>();

    private final Map<String, RuleFile> own = new HashMap<>();

    public IgnoreRules(Path root, Config config) {
        this.root = root;
        this.config = config;
        this.configured = RuleFile.of(config.ignore());
    }

    /** Whether a file of this name holds rules, so that its change changes what belongs to the project. */
    public static boolean isRuleFile(String name) {
        return name.equals(GITIGNORE) || name.equals(NOTESYNCIGNORE);
    }

    /** Reads the rule files of a directory ("" for the root) anew. */
    public void enter(String directory) throws IOException {
        String prefix = directory.isEmpty() ? "" : directory + "/";
        Path here = root.resolve(directory);
        if (directory.isEmpty()) {
            excluded = RuleFile.read(root.resolve(".git/info/exclude"), ".git/info/exclude");
        }
        put(git, directory, RuleFile.read(here.resolve(GITIGNORE), prefix + GITIGNORE));
        put(own, directory, RuleFile.read(here.resolve(NOTESYNCIGNORE), prefix + NOTESYNCIGNORE));
    }

    /** Forgets the rule files of a directory that is gone. */
    public void leave(String directory) {
        git.remove(directory);
        own.remove(directory);
    }

    private static void put(Map<String, RuleFile> files, String directory, RuleFile rules) {
        if (rules.isEmpty()) {
            files.remove(directory);
        } else {
            files.put(directory, rules);
        }
    }

    /** The verdict on a path whose directory belongs to the project and was entered. */
    public Verdict verdict(String path, boolean directory) {
        int begin = path.lastIndexOf('/') + 1;
        if (begin < path.length() && path.charAt(begin) == '.') {
            String name = path.substring(begin).toLowerCase(Locale.ROOT);
            if (name.equals(".git") || name.equals(".notesync")) {
                return new Verdict(true, new Located("built in", 0, name), path);
            }
        }
        Verdict verdict = nested(own, path, directory);
        if (verdict == null) {
            verdict = configured.verdict(path, directory, path);
        }
        if (verdict == null) {
            verdict = byPatterns(path, directory);
        }
        if (verdict == null) {
            verdict = BUILT_INS.verdict(path, directory, path);
        }
        if (verdict == null) {
            verdict = nested(git, path, directory);
        }
        if (verdict == null) {
            verdict = excluded.verdict(path, directory, path);
        }
        return verdict == null ? new Verdict(false, null, path) : verdict;
    }

    /** The verdict on any path, looking at every directory above it first. Enters these directories. */
    public Verdict why(String path, boolean directory) throws IOException {
        enter("");
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String above = path.substring(0, slash);
            Verdict verdict = verdict(above, true);
            if (verdict.ignored()) {
                return verdict;
            }
            enter(above);
        }
        return verdict(path, directory);
    }

    private @Nullable Verdict byPatterns(String path, boolean directory) {
        if (!config.recursive() && (directory || path.indexOf('/') >= 0)) {
            return new Verdict(true, new Located("configuration", 0, "recursive = false"), path);
        }
        Located excluding = directory ? null : config.patterns().excluding(path);
        return excluding == null ? null : new Verdict(true, excluding, path);
    }

    /** The deepest rule file that speaks of the path decides. */
    private static @Nullable Verdict nested(Map<String, RuleFile> files, String path, boolean directory) {
        if (files.isEmpty()) {
            return null;
        }
        for (int slash = path.lastIndexOf('/'); ; slash = path.lastIndexOf('/', slash - 1)) {
            RuleFile rules = files.get(slash < 0 ? "" : path.substring(0, slash));
            Verdict verdict = rules == null ? null : rules.verdict(path.substring(slash + 1), directory, path);
            if (verdict != null || slash < 0) {
                return verdict;
            }
        }
    }
}
