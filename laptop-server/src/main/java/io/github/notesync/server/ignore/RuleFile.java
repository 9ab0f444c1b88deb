package io.github.notesync.server.ignore;

import io.github.notesync.server.config.Located;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.jspecify.annotations.Nullable;

/** Rules in the syntax of .gitignore, in their order; the last that matches decides. Immutable. */
final class RuleFile {
    static final RuleFile EMPTY = new RuleFile(List.of());

    /** More than this is no file that a person wrote; git itself refuses above 100 MB. */
    private static final long MAX_BYTES = 4 << 20;

    private final List<Rule> rules;

    private record Rule(FastIgnoreRule rule, Located where) {}

    private RuleFile(List<Rule> rules) {
        this.rules = rules;
    }

    /** The rules of a file; none where it is absent. */
    static RuleFile read(Path file, String shownAs) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
            return EMPTY;
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        List<Located> lines = new ArrayList<>();
        int number = 0;
        for (String line : (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\n", -1)) {
            number++;
            lines.add(new Located(shownAs, number, line.endsWith("\r") ? line.substring(0, line.length() - 1) : line));
        }
        return of(lines);
    }

    static RuleFile of(List<Located> lines) {
        List<Rule> rules = new ArrayList<>();
        for (Located line : lines) {
            String text = line.text();
            if (text.isEmpty() || text.startsWith("#") || text.equals("/")) {
                continue;
            }
            FastIgnoreRule rule = new FastIgnoreRule(text);
            if (!rule.isEmpty()) {
                rules.add(new Rule(rule, line));
            }
        }
        return rules.isEmpty() ? EMPTY : new RuleFile(List.copyOf(rules));
    }

    /** What the rules say of a path relative to their directory; null when they say nothing. */
    @Nullable
    Verdict verdict(String path, boolean directory, String at) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule each = rules.get(i);
            if (each.rule().isMatch(path, directory, true)) {
                return new Verdict(each.rule().getResult(), each.where(), at);
            }
        }
        return null;
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }
}
