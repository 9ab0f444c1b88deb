package io.github.notesync.server.ignore;

import io.github.notesync.server.config.Located;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.jspecify.annotations.Nullable;

/**
 * Rules in the syntax of .gitignore, in their order; the last that matches decides. Immutable. Most rules are a plain name
 * or a suffix: these are looked up, so that a name costs about the same under ten rules and under a thousand.
 */
final class RuleFile {
    static final RuleFile EMPTY = new RuleFile(List.of());

    /** A name without anything that has a meaning in a pattern. */
    private static final Pattern PLAIN = Pattern.compile("!?(\\*?)([A-Za-z0-9._+@~-][A-Za-z0-9._+@~#-]*)/?");

    /** A name with stars and question marks, from which both ends are taken. */
    private static final Pattern ENDS =
            Pattern.compile("!?(?:\\\\(?=[#!]))?([^*?\\[\\\\/\\s]*)[*?][^\\[\\\\/]*?([^*?\\[\\\\/\\s]*)/?");

    /** More than this is no file that a person wrote; git itself refuses above 100 MB. */
    private static final long MAX_BYTES = 4 << 20;

    /** What no name in a path can be. */
    private static final Set<String> NO_NAMES = Set.of("", ".", "..");

    private final List<Rule> rules;
    /** By plain name, the numbers of the rules that are just this name, the last first. */
    private final Map<String, List<Integer>> named = new HashMap<>();
    /** The numbers of all others, the last first. */
    private final List<Integer> others = new ArrayList<>();

    /**
     * @param prefix what a name must begin with to match
     * @param suffix what a name must end with to match
     * @param simple whether nothing else decides; if not, the whole rule has to be asked, which costs much more
     */
    private record Rule(FastIgnoreRule rule, Located where, String prefix, String suffix, boolean simple) {
        static Rule of(FastIgnoreRule rule, Located where) {
            String text = where.text();
            Matcher plain = PLAIN.matcher(text);
            if (plain.matches()) {
                return new Rule(rule, where, "", plain.group(2), true);
            }
            Matcher ends = ENDS.matcher(text);
            return ends.matches()
                    ? new Rule(rule, where, ends.group(1), ends.group(2), false)
                    : new Rule(rule, where, "", "", false);
        }

        boolean matches(String path, String name, boolean directory) {
            if (!name.startsWith(prefix) || !name.endsWith(suffix)) {
                return false;
            }
            return simple ? directory || !rule.dirOnly() : rule.isMatch(path, directory, true);
        }
    }

    private RuleFile(List<Rule> rules) {
        this.rules = rules;
        for (int i = rules.size() - 1; i >= 0; i--) {
            Matcher plain = PLAIN.matcher(rules.get(i).where().text());
            if (plain.matches() && plain.group(1).isEmpty()) {
                named.computeIfAbsent(plain.group(2), name -> new ArrayList<>()).add(i);
            } else {
                others.add(i);
            }
        }
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
                rules.add(Rule.of(rule, line));
            }
        }
        return rules.isEmpty() ? EMPTY : new RuleFile(List.copyOf(rules));
    }

    /** Whether there is any path that a rule of this text can match: git takes the others without a word. */
    static boolean canMatch(String text) {
        String path = text.replaceFirst("^!?/?", "").replaceFirst("/$", "");
        return Arrays.stream(path.split("/", -1)).noneMatch(NO_NAMES::contains)
                && !of(List.of(new Located("", 0, text))).isEmpty();
    }

    /** What the rules say of a path relative to their directory; null when they say nothing. */
    @Nullable
    Verdict verdict(String path, boolean directory, String at) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        int decides = -1;
        for (int number : named.getOrDefault(name, List.of())) {
            if (directory || !rules.get(number).rule().dirOnly()) {
                decides = number;
                break;
            }
        }
        for (int number : others) {
            if (number < decides || rules.get(number).matches(path, name, directory)) {
                decides = Math.max(decides, number);
                break;
            }
        }
        if (decides < 0) {
            return null;
        }
        Rule rule = rules.get(decides);
        return new Verdict(rule.rule().getResult(), rule.where(), at);
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }
}
