package io.github.notesync.server.scan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.Roots;
import io.github.notesync.server.ignore.IgnoreRules;
import io.github.notesync.server.ignore.Verdict;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One scan, from the first directory to an index that is up to date. Used once, by one thread. */
final class Scan {
    /** A file of this size that is being written shows itself by growing; smaller ones are read in one go. */
    private static final long BIG = 4 << 20;
    /** How long a big file must have been quiet, in nanoseconds. */
    private static final long QUIET = 250_000_000;

    private final Roots roots;
    private final Config config;
    private final IgnoreRules rules;
    private final RuleFiles ruleFiles;
    private final Index index;
    private final Coverage coverage;
    private final Findings findings;
    private final StatReader stats;
    private final Reading reading;
    private final boolean patient;

    private final List<Reading.Wanted> wanted = new ArrayList<>();
    private final Set<String> unstable = new HashSet<>();
    private final Set<String> looked = new HashSet<>();
    private final Set<String> lookedDeep = new HashSet<>();
    private final Set<String> retried = new HashSet<>();
    private final List<Problem> appeared = new ArrayList<>();
    private final long started = nowNanos();
    private @Nullable ReadAhead ahead;

    Scan(
            Roots roots,
            Config config,
            IgnoreRules rules,
            RuleFiles ruleFiles,
            Index index,
            Coverage coverage,
            Findings findings,
            StatReader stats,
            Reading reading,
            boolean patient) {
        this.roots = roots;
        this.config = config;
        this.rules = rules;
        this.ruleFiles = ruleFiles;
        this.index = index;
        this.coverage = coverage;
        this.findings = findings;
        this.stats = stats;
        this.reading = reading;
        this.patient = patient;
    }

    /** Compares everything, reading ahead where the index says that there is much. */
    void everything() throws IOException {
        if (index.directories().size() < ReadAhead.MIN_DIRECTORIES) {
            directory("", true);
            return;
        }
        try (ReadAhead reading = new ReadAhead(stats, coverage)) {
            for (String each : index.directories().keySet()) {
                reading.ask(each, index.onDisk(roots, each));
            }
            ahead = reading;
            directory("", true);
        } finally {
            ahead = null;
        }
    }

    /** Compares one directory with the index; also all below it when {@code deep}, or when its rules changed. */
    void directory(String directory, boolean deep) throws IOException {
        Map<String, Item> items = index.items(directory);
        if (items == null || wasLookedAt(directory, deep)) {
            return;
        }
        Path onDisk = index.onDisk(roots, directory);
        List<Verdict> ignored = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<Seen> all;
        boolean below = deep;
        try {
            all = list(directory, onDisk);
        } catch (IOException e) {
            unlisted(directory, e);
            return;
        }
        try {
            below |= ruleFiles.refresh(directory, onDisk, all, stats);
        } catch (IOException e) {
            unjudged(directory, e);
            return;
        }
        if (directory.isEmpty()) {
            addRoots(all, seen, problems);
        }
        if (roots.isRoot(directory) && Files.isDirectory(onDisk.resolve(IgnoreRules.GIT_INFO))) {
            coverage.cover(Index.child(directory, IgnoreRules.GIT_INFO), onDisk.resolve(IgnoreRules.GIT_INFO));
        }
        Listing listing = Listing.of(directory, onDisk, all, items, path -> belonging(path, ignored));
        problems.addAll(listing.problems());
        for (Listing.Name name : listing.names()) {
            if (child(name, below, ignored, problems)) {
                seen.add(name.path().name());
            }
        }
        if (!seen.containsAll(items.keySet())) {
            for (String gone : List.copyOf(items.keySet())) {
                if (!seen.contains(gone)) {
                    remove(Index.child(directory, gone));
                }
            }
        }
        appeared.addAll(findings.replace(directory, problems, ignored));
    }

    /** The further roots appear among the names of the project's top. One that is away is not one that was deleted. */
    private void addRoots(List<Seen> all, Set<String> seen, List<Problem> problems) {
        roots.others().forEach((place, directory) -> {
            if (all.removeIf(each -> each.diskName().equals(place))) {
                problems.add(Problems.hidden(place, directory));
            }
            if (Files.isDirectory(directory)) {
                all.add(new Seen(place, directory, null));
            } else {
                seen.add(place);
                problems.add(Problems.away(place, directory));
            }
        });
    }

    /** Whether this scan has looked there, as deep as is asked for now; else it has from now on. */
    private boolean wasLookedAt(String directory, boolean deep) {
        return deep ? !lookedDeep.add(directory) : lookedDeep.contains(directory) || !looked.add(directory);
    }

    private void forgetLook(String directory) {
        looked.remove(directory);
        lookedDeep.remove(directory);
    }

    private List<Seen> list(String directory, Path onDisk) throws IOException {
        List<Seen> readAhead = ahead == null ? null : ahead.take(directory);
        if (readAhead != null) {
            return readAhead;
        }
        // Also when it is known: it may be another one of the same name, which nobody watches yet.
        coverage.cover(directory, onDisk);
        return Seen.in(onDisk);
    }

    /** Reads what has to be read. */
    ScanResult finish() throws InterruptedException {
        for (Reading.Outcome outcome : reading.all(wanted)) {
            Reading.Wanted file = outcome.wanted();
            String path = file.name().path().value();
            if (!index.has(Index.parent(path))) {
                // Its directory went while this scan went on, and may be back.
                unstable.add(nearest(path));
            } else if (outcome.digest() != null) {
                boolean racy = file.stat().isRacy(started);
                Entry entry = new Entry.File(
                        file.name().path(),
                        file.stat().size(),
                        outcome.digest(),
                        file.stat().executable());
                put(file.name(), new Item(entry, file.stat(), racy, spelled(file.name())));
            } else if (outcome.error() == null
                    || outcome.error() instanceof ClosedByInterruptException
                    || !isStill(file)) {
                unstable.add(Index.parent(path));
            } else {
                problem(Index.parent(path), Problems.unreadable(path, outcome.error()));
            }
        }
        return new ScanResult(unstable, appeared);
    }

    /** The directory above a path that the index has. */
    private String nearest(String path) {
        String above = Index.parent(path);
        while (!index.has(above)) {
            above = Index.parent(above);
        }
        return above;
    }

    /** Whether the file is what it was before it could not be read; if not, the next scan sees what it is now. */
    private boolean isStill(Reading.Wanted file) {
        try {
            return stats.read(file.onDisk()).equals(file.stat());
        } catch (IOException e) {
            return false;
        }
    }

    private Listing.Belonging belonging(String path, List<Verdict> ignored) {
        Verdict asFile = rules.verdict(path, false);
        if (!asFile.ignored()) {
            return Listing.Belonging.YES;
        }
        if (!rules.verdict(path, true).ignored()) {
            return Listing.Belonging.AS_DIRECTORY;
        }
        ignored.add(asFile);
        return Listing.Belonging.NO;
    }

    /** Compares one name; returns whether the index keeps, or may keep, an item for it. */
    private boolean child(Listing.Name name, boolean deep, List<Verdict> ignored, List<Problem> problems)
            throws IOException {
        String path = name.path().value();
        Stat stat;
        try {
            stat = name.seen().stat(stats);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            Path parent = name.seen().path().getParent();
            if (parent != null && Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
                problems.add(Problems.unreadable(path, e));
            } else {
                unstable.add(Index.parent(Index.parent(path)));
            }
            return true;
        }
        if (isUnmoved(name, stat)) {
            return true;
        }
        boolean directory = stat.kind() == Stat.Kind.DIRECTORY;
        if (directory || name.ignoredAsFile()) {
            Verdict verdict = rules.verdict(path, directory);
            if (verdict.ignored()) {
                ignored.add(verdict);
                return false;
            }
        }
        Path onDisk = name.seen().path();
        return switch (stat.kind()) {
            case DIRECTORY -> subdirectory(name, stat, deep);
            case FILE -> file(name, onDisk, stat, problems);
            case SYMLINK -> link(name, onDisk, stat, problems);
            case OTHER -> {
                problems.add(Problems.special(path));
                yield false;
            }
        };
    }

    /** Whether it is the file that the index has, by a stat that can vouch for it: what most names are. */
    private boolean isUnmoved(Listing.Name name, Stat stat) {
        Item known = name.known();
        return known != null
                && !known.racy()
                && !name.ignoredAsFile()
                && stat.kind() == Stat.Kind.FILE
                && stat.equals(known.stat())
                && stat.size() <= config.maxFileBytes();
    }

    private boolean subdirectory(Listing.Name name, Stat stat, boolean deep) throws IOException {
        Item before = index.item(name.path().value());
        boolean same = before != null && before.stat().equals(stat);
        boolean known = before != null && before.isDirectory() && before.stat().inode() == stat.inode();
        if (!known) {
            // It may have taken the place of one that this scan has already looked at.
            forgetLook(name.path().value());
        }
        if (!same) {
            put(name, new Item(new Entry.Directory(name.path()), stat, false, spelled(name)));
        }
        // File systems use the number of a deleted directory again: it is the same one only if nothing of it moved.
        if (deep || !same) {
            directory(name.path().value(), deep || !known);
        }
        return true;
    }

    private boolean file(Listing.Name name, Path onDisk, Stat stat, List<Problem> problems) {
        String path = name.path().value();
        Item before = index.item(path);
        if (stat.size() > config.maxFileBytes()) {
            problems.add(Problems.tooLarge(path, stat.size(), config.maxFileBytes()));
            return before != null && !before.isDirectory();
        }
        boolean wasFile = before != null && before.entry() instanceof Entry.File;
        if (before != null && wasFile && !before.racy() && before.stat().equals(stat)) {
            return true;
        }
        long age = started - stat.modified();
        if (patient && stat.size() >= BIG && age >= 0 && age < QUIET) {
            unstable.add(Index.parent(path));
            return wasFile;
        }
        if (before != null && !wasFile) {
            remove(path);
        }
        wanted.add(new Reading.Wanted(name, onDisk, stat));
        return true;
    }

    private boolean link(Listing.Name name, Path onDisk, Stat stat, List<Problem> problems) {
        String path = name.path().value();
        try {
            String target = Files.readSymbolicLink(onDisk)
                    .toString()
                    .replace(onDisk.getFileSystem().getSeparator(), "/");
            put(name, new Item(new Entry.Symlink(name.path(), target), stat, true, spelled(name)));
            return true;
        } catch (IllegalArgumentException e) {
            problems.add(Problems.link(path, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            problems.add(Problems.unreadable(path, e));
            return index.item(path) != null;
        }
        return false;
    }

    /** A directory that cannot be listed: gone, or refused. The source itself must be there. */
    private void unlisted(String directory, IOException e) throws IOException {
        if (directory.isEmpty()) {
            throw new SourceUnavailableException(Problems.unavailable(roots.project(), e), e);
        }
        boolean gone = !roots.isRoot(directory)
                && !Files.isDirectory(index.onDisk(roots, directory), LinkOption.NOFOLLOW_LINKS);
        if (gone && retried.add(directory)) {
            forgetLook(Index.parent(directory));
            directory(Index.parent(directory), false);
            return;
        }
        appeared.addAll(findings.replace(directory, List.of(Problems.unreadable(directory, e)), List.of()));
    }

    /** What its rules may hide does not travel, so nothing new does until they can be read. */
    private void unjudged(String directory, IOException e) throws SourceUnavailableException {
        if (directory.isEmpty()) {
            throw new SourceUnavailableException(Problems.unjudged(roots.project(), e), e);
        }
        appeared.addAll(findings.replace(directory, List.of(Problems.unjudged(directory, e)), List.of()));
    }

    private void problem(String directory, Problem problem) {
        appeared.addAll(findings.add(directory, problem));
    }

    private void put(Listing.Name name, Item item) {
        String path = name.path().value();
        Item before = index.item(path);
        if (before != null && before.isDirectory() && !item.isDirectory()) {
            remove(path);
        }
        index.put(path, item);
    }

    private void remove(String path) {
        index.remove(path, (each, item) -> {
            if (item.isDirectory()) {
                if (ahead != null) {
                    ahead.finish(each);
                }
                coverage.uncover(each);
                ruleFiles.forget(each);
                findings.forget(each);
            }
        });
    }

    private static @Nullable String spelled(Listing.Name name) {
        return name.isOdd() ? name.seen().diskName() : null;
    }

    private static long nowNanos() {
        java.time.Instant now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
