package io.github.notesync.server.config;

import io.github.notesync.protocol.Limits;
import io.github.notesync.server.tell.Reason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Reads {@code notesync.toml}, or {@code [tool.notesync]} of {@code pyproject.toml}, from a project's root. */
public final class ConfigReader {
    private static final String OWN_FILE = "notesync.toml";
    private static final String PROJECT_FILE = "pyproject.toml";
    /** At the root; one of them may hold the configuration. */
    private static final List<String> FILES = List.of(OWN_FILE, PROJECT_FILE);

    private static final Set<String> KEYS =
            Set.of("name", "ignore", "patterns", "recursive", "python-paths", "limits", "roots");
    private static final Set<String> PATTERN_KEYS = Set.of("or", "and", "nor", "nand");
    private static final Set<String> LIMIT_KEYS = Set.of("max-file-mb");

    private static final Map<String, String> DEEPER =
            Map.of("max-file-mb", "limits", "or", "patterns", "and", "patterns", "nor", "patterns", "nand", "patterns");

    private ConfigReader() {}

    /** Whether a path below the root may hold the configuration. */
    public static boolean isConfigFile(String path) {
        return FILES.contains(path);
    }

    /** What the files at {@code root} that may hold the configuration say now, to be compared only. */
    public static List<String> texts(Path root) {
        return FILES.stream().map(name -> text(root.resolve(name))).toList();
    }

    private static String text(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? "has " + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    : "none";
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }

    /** The configuration of the project at {@code root}; defaults where nothing is configured. */
    public static Config read(Path root) throws ConfigException {
        String directory =
                root.getFileName() == null ? "project" : root.getFileName().toString();
        Table own = ownFile(root);
        Table section = section(root);
        if (own != null && section != null) {
            throw new ConfigException(root.resolve(PROJECT_FILE)
                    + ": [tool.notesync] stands here and notesync.toml exists too: keep one of them");
        }
        Table table = own != null ? own : section;
        return table == null ? Config.defaults(directory) : config(root, table, directory);
    }

    private static @Nullable Table ownFile(Path root) throws ConfigException {
        Parsed parsed = parse(root.resolve(OWN_FILE));
        return parsed == null ? null : new Table(OWN_FILE, "", parsed.toml(), parsed.lines());
    }

    private static @Nullable Table section(Path root) throws ConfigException {
        Parsed parsed = parse(root.resolve(PROJECT_FILE));
        if (parsed == null || !(parsed.toml().get("tool") instanceof TomlTable tool)) {
            return null;
        }
        return new Table(PROJECT_FILE, "tool.", tool, parsed.lines()).table("notesync");
    }

    private record Parsed(TomlParseResult toml, List<String> lines) {}

    private static @Nullable Parsed parse(Path file) throws ConfigException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            String text = Files.readString(file);
            if (text.startsWith("\uFEFF")) {
                // As some editors on Windows begin a file.
                text = text.substring(1);
            }
            TomlParseResult parsed = Toml.parse(text);
            if (parsed.hasErrors()) {
                TomlParseError error = parsed.errors().get(0);
                throw new ConfigException(
                        file.getFileName() + ":" + error.position().line() + ": not valid TOML: " + error.getMessage());
            }
            return new Parsed(parsed, text.lines().toList());
        } catch (CharacterCodingException e) {
            throw new ConfigException(file.getFileName() + ": is not UTF-8, as TOML has to be: save it as UTF-8");
        } catch (IOException e) {
            throw new ConfigException(file.getFileName() + ": cannot be read: " + Reason.of(e));
        }
    }

    private static Config config(Path root, Table table, String directory) throws ConfigException {
        table.onlyKeys(KEYS, DEEPER);
        String name = table.string("name");
        List<Located> ignore = table.strings("ignore");
        List<Located> paths = table.strings("python-paths");
        Table roots = table.table("roots");
        Table limits = table.table("limits");
        long maxFile = Config.DEFAULT_MAX_FILE_BYTES;
        if (limits != null) {
            limits.onlyKeys(LIMIT_KEYS);
            maxFile = limits.positive("max-file-mb", maxFile >> 20, Limits.FILE_MAX >> 20) << 20;
        }
        if (name != null && (name.isBlank() || name.contains("/") || name.contains("\\") || name.startsWith("."))) {
            throw table.error("name", "'name' must be a plain directory name, not '" + name + "'");
        }
        return new Config(
                name == null ? directory : name,
                ignore == null ? List.of() : ignore,
                patterns(table.table("patterns")),
                table.bool("recursive", true),
                paths == null ? null : pythonPaths(paths),
                maxFile,
                roots == null ? Map.of() : RootsReader.read(root, roots));
    }

    /** Each becomes a directory of the replica, on a machine that may be of another kind. */
    private static List<Located> pythonPaths(List<Located> paths) throws ConfigException {
        for (Located path : paths) {
            String text = path.text();
            if (text.startsWith("/")
                    || text.contains("\\")
                    || text.contains(":")
                    || List.of(text.split("/")).contains("..")) {
                throw new ConfigException(path.place() + ": python-paths: '" + text
                        + "' is not a directory of the project: name it relative to the project, with / between names");
            }
        }
        return paths;
    }

    private static Patterns patterns(@Nullable Table table) throws ConfigException {
        if (table == null) {
            return Patterns.NONE;
        }
        table.onlyKeys(PATTERN_KEYS);
        return new Patterns(
                expressions(table, "or"),
                expressions(table, "and"),
                expressions(table, "nor"),
                expressions(table, "nand"));
    }

    private static List<Patterns.Expression> expressions(Table table, String key) throws ConfigException {
        List<Patterns.Expression> result = new ArrayList<>();
        List<Located> texts = table.strings(key);
        for (Located text : texts == null ? List.<Located>of() : texts) {
            try {
                // Python writes named groups as (?P<name>…), Java as (?<name>…).
                Pattern pattern = Pattern.compile(text.text().replace("(?P<", "(?<"));
                result.add(new Patterns.Expression(text, pattern));
            } catch (PatternSyntaxException e) {
                throw new ConfigException(
                        text.place() + ": '" + text.text() + "' is not a regular expression: " + e.getDescription());
            }
        }
        return result;
    }
}
