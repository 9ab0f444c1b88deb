package io.github.notesync.server.ignore;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.server.config.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Thousands of random rules and paths, judged here and by git itself. */
class AgainstGitTest {
    /** No name that the built-in rules know: they are not git's. */
    private static final List<String> NAMES = List.of(
            "a", "b", "ab", "a.py", "b.txt", "foo", "foo.d", "bar", "x y", "Data", "café", "[z]", "a!b", "#c", "!d");

    private static final List<String> PIECES = List.of(
            "a", "b", "*", "?", "**", "a*", "*.py", "*.txt", "foo", "bar", "[ab]", "[!a]", "[a-f]oo", "f?o", "*o*",
            "ab", "x\\ y", "Data", "caf*", "\\[z\\]", "*.d", "a.*", "foo.d", "**a", "\\#*#", "\\#c", "\\!*", "f*o",
            "a*?", "?*.py", "f*.d", "* y", "x *", "*.[pt]*", "a]*");

    @TempDir
    Path root;

    private final List<String> paths = new ArrayList<>();
    private int written;

    /** Ten in CI, each with hundreds of rules and paths; {@code -Dnotesync.seeds=1000} for more. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("notesync.seeds", 10));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyVerdictIsThatOfGit(long seed) throws Exception {
        Random random = new Random(seed);
        git("init", "-q");
        tree(random, root, 0);
        ruleFile(random, root);
        for (String each : List.copyOf(paths)) {
            if (Files.isDirectory(root.resolve(each)) && random.nextInt(3) == 0) {
                ruleFile(random, root.resolve(each));
            }
        }
        Set<String> ours = new TreeSet<>();
        IgnoreRules rules = new IgnoreRules(root, Config.defaults("project"));
        rules.enter("", root);
        for (String each : paths) {
            // As a scan does it: parents come first, and an ignored directory is not entered.
            boolean directory = Files.isDirectory(root.resolve(each));
            String parent = each.contains("/") ? each.substring(0, each.lastIndexOf('/')) : "";
            if (ours.contains(parent) || rules.verdict(each, directory).ignored()) {
                ours.add(each);
            } else if (directory) {
                rules.enter(each, root.resolve(each));
            }
            if (random.nextInt(20) == 0) {
                assertThat(new IgnoreRules(root, Config.defaults("project"))
                                .why(each, directory)
                                .ignored())
                        .as(each)
                        .isEqualTo(ours.contains(each));
            }
        }
        assertThat(paths).hasSizeGreaterThan(300);
        assertThat(written).isGreaterThan(200);
        assertThat(ours).isEqualTo(ignoredByGit());
    }

    private void tree(Random random, Path directory, int depth) throws IOException {
        Set<String> used = new HashSet<>();
        for (int i = 0; i < (depth == 0 ? 13 : 8); i++) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            if (!used.add(name)) {
                continue;
            }
            Path child = directory.resolve(name);
            paths.add(root.relativize(child).toString());
            if (depth < 4 && random.nextInt(5) < 3) {
                Files.createDirectory(child);
                tree(random, child, depth + 1);
            } else {
                Files.createFile(child);
            }
        }
    }

    private void ruleFile(Random random, Path directory) throws IOException {
        StringBuilder rules = new StringBuilder(random.nextInt(5) == 0 ? "\uFEFF" : "");
        int count = 1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 6);
        written += count;
        for (int i = 0; i < count; i++) {
            rules.append(rule(random)).append(random.nextInt(8) == 0 ? "\r\n" : "\n");
        }
        Files.writeString(directory.resolve(".gitignore"), rules);
    }

    private static String rule(Random random) {
        switch (random.nextInt(14)) {
            case 0:
                return "# a comment";
            case 1:
                return "";
            default:
                break;
        }
        StringBuilder rule = new StringBuilder(random.nextInt(4) == 0 ? "!" : "");
        rule.append(random.nextInt(4) == 0 ? "/" : "");
        int parts = 1 + random.nextInt(3);
        for (int i = 0; i < parts; i++) {
            rule.append(i == 0 ? "" : "/").append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return rule.append(random.nextInt(4) == 0 ? "/" : "")
                .append(random.nextInt(10) == 0 ? "  " : "")
                .toString();
    }

    private Set<String> ignoredByGit() throws IOException, InterruptedException {
        Process git = new ProcessBuilder(
                        "git", "-c", "core.quotePath=false", "check-ignore", "--no-index", "-z", "--stdin")
                .directory(root.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] asked = String.join("\0", paths).getBytes(StandardCharsets.UTF_8);
        Thread writer = new Thread(() -> {
            try (var in = git.getOutputStream()) {
                in.write(asked);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        git.waitFor();
        writer.join();
        Set<String> ignored = new TreeSet<>(List.of(answer.split("\0")));
        ignored.remove("");
        return ignored;
    }

    private void git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command)
                        .directory(root.toFile())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }
}
