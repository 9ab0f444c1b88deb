package io.github.notesync.server.scan;

import io.github.notesync.server.ignore.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is not synchronised, and why: problems and ignored paths, by the directory in which they were found. Written by
 * the scanning thread, read by any.
 */
public final class Findings {
    /** A directory of ten thousand ignored files needs no ten thousand lines on a screen. */
    private static final int IGNORED_PER_DIRECTORY = 200;

    private final Map<String, List<Problem>> problems = new ConcurrentHashMap<>();
    private final Map<String, List<Verdict>> ignored = new ConcurrentHashMap<>();
    private volatile List<Problem> configuration = List.of();

    /** What is wrong with the configuration, then every path that cannot be synchronised, ordered. */
    public List<Problem> problems() {
        List<Problem> all = new ArrayList<>(configuration);
        all.addAll(ofPaths());
        return List.copyOf(all);
    }

    private Collection<Problem> ofPaths() {
        Map<String, Problem> ordered = new TreeMap<>();
        problems.values().forEach(list -> list.forEach(each -> ordered.put(each.path(), each)));
        return ordered.values();
    }

    /** Replaces what is wrong with the configuration; returns what was not known before. */
    public List<Problem> configuration(List<Problem> newer) {
        List<Problem> before = configuration;
        configuration = List.copyOf(newer);
        return configuration.stream().filter(each -> !before.contains(each)).toList();
    }

    /** What keeps a path, or a directory above it, from being synchronised; null if nothing does. */
    public @Nullable Problem problem(String path) {
        for (Problem each : ofPaths()) {
            if (path.equals(each.path()) || path.startsWith(each.path() + "/")) {
                return each;
            }
        }
        return null;
    }

    /** Paths that a rule excludes, ordered, at most {@code limit}. */
    public List<Verdict> ignored(int limit) {
        Map<String, Verdict> ordered = new TreeMap<>();
        ignored.values().forEach(list -> list.forEach(each -> ordered.put(each.at(), each)));
        return ordered.values().stream().limit(limit).toList();
    }

    /** Replaces what is known of one directory; returns the problems that are new. */
    List<Problem> replace(String directory, List<Problem> newProblems, List<Verdict> newIgnored) {
        List<Problem> before =
                newProblems.isEmpty() ? problems.remove(directory) : problems.put(directory, newProblems);
        if (newIgnored.isEmpty()) {
            ignored.remove(directory);
        } else {
            int shown = Math.min(newIgnored.size(), IGNORED_PER_DIRECTORY);
            ignored.put(directory, List.copyOf(newIgnored.subList(0, shown)));
        }
        List<Problem> appeared = new ArrayList<>(newProblems);
        appeared.removeAll(before == null ? List.of() : before);
        return appeared;
    }

    /** One more problem in a directory; returned if it is new. */
    List<Problem> add(String directory, Problem problem) {
        List<Problem> before = problems.getOrDefault(directory, List.of());
        if (before.contains(problem)) {
            return List.of();
        }
        List<Problem> all = new ArrayList<>(before);
        all.add(problem);
        problems.put(directory, List.copyOf(all));
        return List.of(problem);
    }

    /** Forgets a directory that is gone or no longer part of the project. */
    void forget(String directory) {
        problems.remove(directory);
        ignored.remove(directory);
    }
}
