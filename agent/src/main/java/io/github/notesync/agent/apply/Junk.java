package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Recognises what no person ever wrote, so that it does not keep a deleted directory alive. */
final class Junk {
    private static final String BYTECODE = "__pycache__";
    private static final String CHECKPOINTS = ".ipynb_checkpoints";
    /** {@code cart.cpython-312.pyc}, {@code cart.cpython-312.opt-1.pyc.140234}. */
    private static final Pattern COMPILED = Pattern.compile(".+\\.py[co](\\.[0-9]+)?");

    private Junk() {}

    /** Those of {@code names} that are junk directories, with nothing else in them. */
    static List<String> in(Directory directory, List<String> names) throws IOException {
        List<String> junk = new ArrayList<>();
        for (String name : names) {
            if ((name.equals(BYTECODE) || name.equals(CHECKPOINTS)) && isJunk(directory, name)) {
                junk.add(name);
            }
        }
        return junk;
    }

    private static boolean isJunk(Directory directory, String name) throws IOException {
        Stat stat = directory.stat(name);
        if (stat == null || stat.kind() != Kind.DIRECTORY) {
            return false;
        }
        try (Directory below = directory.open(name)) {
            for (String file : below.list()) {
                Stat each = below.stat(file);
                boolean harmless = each == null
                        || (each.kind() == Kind.FILE
                                && (name.equals(CHECKPOINTS)
                                        || COMPILED.matcher(file).matches()));
                if (!harmless) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Deletes the bytecode of a source that is new: Python compares whole seconds and the size, and a file system may
     * not even keep those.
     */
    static void deleteBytecode(Directory directory, String source) throws IOException {
        if (!source.endsWith(".py")) {
            return;
        }
        Stat cache = directory.stat(BYTECODE);
        if (cache == null || cache.kind() != Kind.DIRECTORY) {
            return;
        }
        String prefix = source.substring(0, source.length() - 2);
        try (Directory below = directory.open(BYTECODE)) {
            for (String name : below.list()) {
                if (name.startsWith(prefix)
                        && name.indexOf('.', prefix.length()) > 0
                        && COMPILED.matcher(name).matches()) {
                    below.deleteFile(name);
                }
            }
        }
    }
}
