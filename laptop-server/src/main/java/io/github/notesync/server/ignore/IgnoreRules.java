package io.github.notesync.server.ignore;

import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.Located;
import io.github.notesync.server.config.Roots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides for every path of the source whether it belongs to the project.
 *
 * <p>The first source of rules that speaks of a path decides: .notesyncignore (the deepest first), the configuration's
 * ignore list, its patterns, the built-in rules, .gitignore (the deepest first), .git/info/exclude. Below an ignored
 * directory everything is ignored. A Python environment, conda's too, is one under any name: the built-in rules ignore
 * what is in it. Rule files are read when their directory is {@link #enter entered}, which the scanner does from the root
 * downwards. One thread at a time.
 */
public final class IgnoreRules {
    /** The rule file of git, read in every directory. */
    public static final String GITIGNORE = ".gitignore";

    /** Our own rule file, stronger than git's. */
    public static final String NOTESYNCIGNORE = ".notesyncignore";

    /** What one clone of a repository excludes for itself. */
    public static final String GIT_EXCLUDE = ".git/info/exclude";

    /** Where that is: no part of any project, but to be watched. */
    public static final String GIT_INFO = ".git/info";

    /** What every environment of venv and virtualenv has at its top, whatever it is called. */
    private static final String ENVIRONMENT = "pyvenv.cfg";

    /** Where conda, mamba and pixi keep what they installed into an environment. */
    private static final String CONDA_META = "conda-meta";

    private static final String CONDA_HISTORY = CONDA_META + "/history";

    private static final RuleFile OF_ENVIRONMENT = environment("a Python environment", ENVIRONMENT);

    private static final RuleFile OF_CONDA = environment("a conda environment", CONDA_HISTORY);

    private static final RuleFile BUILT_INS = BuiltIns.rules();

    private final Roots roots;
    private final Config config;
    private final RuleFile configured;

    /** By directory, "" for the root; only where a file has rules. */
    private final Map<String, RuleFile> git = new HashMap<>();

    private final Map<String, RuleFile> own = new HashMap<>();

    private final Map<String, RuleFile> environments = new HashMap<>();

    /** By the place of a root. */
    private final Map<String, RuleFile> excluded = new HashMap<>();

    public IgnoreRules(Path root, Config config) {
        this.roots = new Roots(root, config.roots());
        this.config = config;
        this.configured = RuleFile.of(config.ignore());
    }

    /** Those of the configuration's ignore rules that can match no path, whatever the project holds. */
    public static List<Located> idle(Config config) {
        return config.ignore().stream()
                .filter(each -> !RuleFile.canMatch(each.text()))
                .toList();
    }

    private static RuleFile environment(String what, String sign) {
        return RuleFile.of(List.of(new Located("built in: " + what + ", by its " + sign, 0, "*")));
    }

    /** Whether something of this name holds rules or marks an environment, so that its change changes what belongs to the project. */
    public static boolean isRuleFile(String name) {
        return name.equals(GITIGNORE)
                || name.equals(NOTESYNCIGNORE)
                || name.equals(ENVIRONMENT)
                || name.equals(CONDA_META);
    }

    /** The file that decides, for a name that {@link #isRuleFile} knows: itself, or one inside. */
    public static String decidingFile(String name) {
        return name.equals(CONDA_META) ? CONDA_HISTORY : name;
    }

    /** Whether a directory is the project itself or one that is served beside it. */
    public boolean isRoot(String directory) {
        return roots.isRoot(directory);
    }

    /** The directory whose names have to be judged anew when something moved in this one: itself, or one above. */
    public String judgedIn(String directory) {
        if (directory.endsWith("/" + CONDA_META)) {
            return directory.substring(0, directory.length() - CONDA_META.length() - 1);
        }
        if (!directory.endsWith(GIT_INFO)) {
            return directory;
        }
        String above = directory.substring(0, Math.max(0, directory.length() - GIT_INFO.length() - 1));
        return roots.isRoot(above) ? above : directory;
    }

    /** Reads the rule files of a directory ("" for the project's root) anew. */
    public void enter(String directory, Path here) throws IOException {
        String prefix = directory.isEmpty() ? "" : directory + "/";
        if (roots.isRoot(directory)) {
            put(excluded, directory, RuleFile.read(here.resolve(GIT_EXCLUDE), prefix + GIT_EXCLUDE));
        } else {
            put(environments, directory, ofEnvironment(here));
        }
        put(git, directory, RuleFile.read(here.resolve(GITIGNORE), prefix + GITIGNORE));
        put(own, directory, RuleFile.read(here.resolve(NOTESYNCIGNORE), prefix + NOTESYNCIGNORE));
    }

    private static RuleFile ofEnvironment(Path here) {
        if (Files.isRegularFile(here.resolve(ENVIRONMENT))) {
            return OF_ENVIRONMENT;
        }
        return Files.isRegularFile(here.resolve(CONDA_HISTORY)) ? OF_CONDA : RuleFile.EMPTY;
    }

    /** Forgets the rule files of a directory that is gone. */
    public void leave(String directory) {
        git.remove(directory);
        own.remove(directory);
        environments.remove(directory);
        excluded.remove(directory);
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
        if (roots.isRoot(path)) {
            return new Verdict(false, new Located("configuration", 0, "roots"), path);
        }
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
            verdict = nested(environments, path, directory);
        }
        if (verdict == null) {
            verdict = nested(git, path, directory);
        }
        if (verdict == null) {
            RuleFile ofClone = excluded.getOrDefault(roots.placeOf(path), RuleFile.EMPTY);
            verdict = ofClone.verdict(roots.inside(path), directory, path);
        }
        return verdict == null ? new Verdict(false, null, path) : verdict;
    }

    /** The verdict on any path, looking at every directory above it first. Enters these directories. */
    public Verdict why(String path, boolean directory) throws IOException {
        enter("", roots.project());
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String above = path.substring(0, slash);
            Verdict verdict = verdict(above, true);
            if (verdict.ignored()) {
                return verdict;
            }
            enter(above, roots.onDisk(above));
        }
        return verdict(path, directory);
    }

    private @Nullable Verdict byPatterns(String path, boolean directory) {
        if (!config.recursive() && (directory || roots.inside(path).indexOf('/') >= 0)) {
            return new Verdict(true, new Located("configuration", 0, "recursive = false"), path);
        }
        Located excluding = directory ? null : config.patterns().excluding(path);
        return excluding == null ? null : new Verdict(true, excluding, path);
    }

    /** The deepest rule file that speaks of the path decides; those above its root have no say. */
    private @Nullable Verdict nested(Map<String, RuleFile> files, String path, boolean directory) {
        if (files.isEmpty()) {
            return null;
        }
        int top = roots.placeOf(path).length();
        for (int slash = path.lastIndexOf('/'); ; slash = path.lastIndexOf('/', slash - 1)) {
            RuleFile rules = files.get(slash < 0 ? "" : path.substring(0, slash));
            Verdict verdict = rules == null ? null : rules.verdict(path.substring(slash + 1), directory, path);
            if (verdict != null || slash <= top) {
                return verdict;
            }
        }
    }
}
