package io.github.notesync.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One TOML table, read with messages that name file, line and key. Not thread-safe. */
final class Table {
    private final String file;
    private final String prefix;
    private final TomlTable table;
    private final List<String> lines;

    /** @param lines those of the file */
    Table(String file, String prefix, TomlTable table, List<String> lines) {
        this.lines = lines;
        this.file = file;
        this.prefix = prefix;
        this.table = table;
    }

    void onlyKeys(Set<String> known) throws ConfigException {
        onlyKeys(known, Map.of());
    }

    /** @param deeper the keys of the tables inside, and in which of them each stands */
    void onlyKeys(Set<String> known, Map<String, String> deeper) throws ConfigException {
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                boolean heading = prefix.isEmpty() && key.equals("tool") && known.contains("roots");
                throw error(
                        key,
                        heading
                                ? "here the keys stand at the top, without the heading [tool.notesync]"
                                : "unknown key '" + prefix + key + "'; the nearest known key is '" + prefix
                                        + (deeper.containsKey(key)
                                                ? deeper.get(key) + "." + key
                                                : NearestKey.of(key, known))
                                        + "'");
            }
        }
    }

    List<String> keys() {
        return List.copyOf(table.keySet());
    }

    String required(String key) throws ConfigException {
        String value = string(key);
        if (value == null) {
            throw wrongType(key, "a string", "nothing");
        }
        return value;
    }

    @Nullable
    Table table(String key) throws ConfigException {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        if (value instanceof TomlTable inner) {
            return new Table(file, prefix + key + ".", inner, lines);
        }
        throw wrongType(key, "a table", value);
    }

    @Nullable
    String string(String key) throws ConfigException {
        Object value = value(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrongType(key, "a string", value);
    }

    boolean bool(String key, boolean whenAbsent) throws ConfigException {
        Object value = value(key);
        if (value == null) {
            return whenAbsent;
        }
        if (value instanceof Boolean b) {
            return b;
        }
        throw wrongType(key, "true or false", value);
    }

    long positive(String key, long whenAbsent, long atMost) throws ConfigException {
        Object value = value(key);
        if (value == null) {
            return whenAbsent;
        }
        if (value instanceof Long number && number > 0 && number <= atMost) {
            return number;
        }
        boolean tooMuch = value instanceof Long number && number > atMost;
        throw wrongType(key, tooMuch ? "at most " + atMost : "a whole number above 0", value);
    }

    @Nullable
    List<Located> strings(String key) throws ConfigException {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof TomlArray array)) {
            throw wrongType(key, "a list of strings", value);
        }
        List<Located> result = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            int line = line(array.inputPositionOf(i).line(), "" + array.get(i));
            if (!(array.get(i) instanceof String text)) {
                throw wrongType(line, key, "a list of strings", array.get(i));
            }
            result.add(new Located(file, line, text));
        }
        return result;
    }

    /** The parser gives the place behind the comma before; the text itself may stand some lines below. */
    private int line(int from, String text) {
        for (int i = from; i <= lines.size(); i++) {
            if (lines.get(i - 1).contains(text)) {
                return i;
            }
        }
        return from;
    }

    ConfigException error(String key, String what) {
        return error(line(key), what);
    }

    private ConfigException error(int line, String what) {
        return new ConfigException(file + ":" + line + ": " + what);
    }

    private int line(String key) {
        TomlPosition position = table.inputPositionOf(List.of(key));
        return position == null ? 1 : position.line();
    }

    private @Nullable Object value(String key) {
        return table.get(List.of(key));
    }

    private ConfigException wrongType(String key, String wanted, Object value) {
        return wrongType(line(key), key, wanted, value);
    }

    private ConfigException wrongType(int line, String key, String wanted, Object value) {
        String got = value instanceof TomlTable
                ? "a table"
                : value instanceof TomlArray
                        ? "a list"
                        : value instanceof String ? "the text '" + value + "'" : "" + value;
        return error(line, "'" + prefix + key + "' must be " + wanted + ", not " + got);
    }
}
