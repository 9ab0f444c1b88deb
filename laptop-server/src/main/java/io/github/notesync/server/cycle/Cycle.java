package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.ConfigException;
import io.github.notesync.server.config.ConfigReader;
import io.github.notesync.server.history.History;
import io.github.notesync.server.ignore.IgnoreRules;
import io.github.notesync.server.scan.ConfigProblems;
import io.github.notesync.server.scan.Contents;
import io.github.notesync.server.scan.Coverage;
import io.github.notesync.server.scan.Difference;
import io.github.notesync.server.scan.Index;
import io.github.notesync.server.scan.Problem;
import io.github.notesync.server.scan.Progress;
import io.github.notesync.server.scan.ScanResult;
import io.github.notesync.server.scan.Scanner;
import io.github.notesync.server.scan.SourceUnavailableException;
import io.github.notesync.server.tell.Reason;
import io.github.notesync.server.watch.Hints;
import io.github.notesync.server.watch.Watch;
import io.github.notesync.server.watch.Watches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for hints, lets them settle, scans, and makes the next sequence; for ever. Owns the index, the rules and the watch;
 * runs on one thread of its own, which no error ends.
 */
public final class Cycle implements AutoCloseable {
    private static final long MILLI = 1_000_000;
    /** Without an event for so long the save is complete. */
    private static final long SETTLE = 30 * MILLI;
    /** A stream of events is not waited for any longer. */
    private static final long SETTLE_AT_MOST = 40 * MILLI;

    /** An editor renames the old file away before it writes the new one: so long, while there are events, nothing is gone. */
    private static final long HALF_SAVE = 100 * MILLI;
    /** Between two steps of one call. */
    private static final long BREATH = 3 * MILLI;

    /** For a log that is written all the time: five sequences within a second are too many. */
    private static final int BUSY_COMMITS = 5;

    private static final long BUSY_WITHIN = 1_000 * MILLI;
    private static final long BUSY_SETTLE = 250 * MILLI;

    private static final long SAFETY_SCAN = 30_000 * MILLI;
    private static final long CLOCK_SCAN = 2_000 * MILLI;
    private static final long LOOK_AGAIN = 50 * MILLI;
    private static final long HOLD_POLL = 20 * MILLI;
    /** A directory that is moved away or mounted over tells nobody. */
    private static final long ROOT_LOOK = 1_000 * MILLI;

    private static final long UNAVAILABLE_POLL = 500 * MILLI;
    /** Where a pulse cannot wake the watch. */
    private static final long FRESH_POLL = 10 * MILLI;

    private final Source source;
    private final Listener listener;
    private final StateDirectory state;
    private final KeptIndex kept;
    private final Index index;
    private final Watch watch;
    private final Freshness freshness;
    private final GitDirt dirt;
    private final boolean wakes;
    private final Thread thread;

    private IgnoreRules rules;
    private Scanner scanner;
    private final Repositories repositories = new Repositories();

    private List<String> configTexts = List.of();
    private @Nullable Problem invalid;

    private final Set<String> dirty = new HashSet<>();
    private final Deque<Long> commits = new ArrayDeque<>();
    private boolean everything = true;
    private long firstHint;
    private long lastHintMillis;
    private long lastFullScan;
    private String rootIdentity = "";
    private String toldFailure = "";
    private volatile boolean started;
    private volatile boolean stopping;

    private Cycle(Path root, Config config, StateDirectory state, Listener listener) throws IOException {
        this.listener = listener;
        this.state = state;
        this.kept = new KeptIndex(state, listener::notice);
        this.index = kept.index();
        this.rules = new IgnoreRules(root, config);
        this.watch = Watches.open(root, state.pulse(), this::isInteresting, listener::notice);
        this.wakes = watch.nextPulse() > 0;
        this.freshness = new Freshness(watch);
        this.source = new Source(
                state.sourceId(), root, config, index, history(), new Contents(), kept.chunkLists(), freshness);
        this.scanner = newScanner();
        this.dirt = new GitDirt(root);
        this.thread = new Thread(this::run, "notesync-cycle");
    }

    /** Takes up what the last run left; nothing is watched yet. */
    public static Cycle open(Path root, Config config, StateDirectory state, Listener listener) throws IOException {
        return new Cycle(root, config, state, listener);
    }

    /** Begins; the first scan runs on the cycle's thread. */
    public void start() {
        started = true;
        thread.start();
    }

    public Source source() {
        return source;
    }

    /** The history goes on where the last run ended, if that can be proven; else a new epoch begins at the empty tree. */
    private History history() throws IOException {
        Optional<StateDirectory.Clean> clean = state.takeClean();
        if (clean.isPresent() && kept.isOf(clean.get())) {
            return History.resume(clean.get().cursor(), clean.get().tree(), index.entries());
        }
        History fresh = History.begin();
        List<Difference> held = index.entries().stream()
                .map(each -> new Difference(each.path(), null, each))
                .toList();
        if (!held.isEmpty()) {
            fresh.commit(held, null);
        }
        return fresh;
    }

    private Scanner newScanner() {
        Coverage coverage = new Coverage() {
            @Override
            public void cover(String directory, Path onDisk) {
                watch.cover(directory, onDisk);
            }

            @Override
            public void uncover(String directory) {
                watch.uncover(directory);
            }
        };
        return new Scanner(
                source.root(),
                source.config(),
                rules,
                index,
                coverage,
                source.contents(),
                source.chunkLists(),
                source.findings());
    }

    private boolean isInteresting(String directory, String name) {
        String path = directory.isEmpty() ? name : directory + "/" + name;
        return IgnoreRules.isRuleFile(name)
                || ConfigReader.isConfigFile(path)
                || (name.equals(".git") && source.roots().isRoot(directory))
                || !rules.verdict(path, false).ignored()
                || !rules.verdict(path, true).ignored();
    }

    private void run() {
        while (!stopping) {
            try {
                round();
            } catch (InterruptedException e) {
                stopping = true;
            } catch (SourceUnavailableException e) {
                if (source.state().phase() != Source.Phase.UNAVAILABLE && !stopping) {
                    listener.notice(e.getMessage() + "; the replicas keep what they have until it is back");
                }
                source.state(Source.Phase.UNAVAILABLE, String.valueOf(e.getMessage()));
                everything = true;
                pause(UNAVAILABLE_POLL);
            } catch (IOException | RuntimeException | Error e) {
                // Also what is no exception: a loop that has ended looks like a source in which nothing happens.
                failed(e);
            }
        }
    }

    /** Everything is looked at again; what fails in the same way again and again is told once. */
    private void failed(Throwable e) {
        if (stopping) {
            // The watch was closed under the scan.
            return;
        }
        everything = true;
        try {
            tellFailure(e);
        } catch (RuntimeException | Error again) {
            // Without memory nothing can be told; the loop goes on, and tells the next one.
            toldFailure = "";
        }
        pause(UNAVAILABLE_POLL);
    }

    private void tellFailure(Throwable e) {
        if (!e.toString().equals(toldFailure)) {
            toldFailure = e.toString();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = e instanceof IOException refused ? Reason.of(refused) : cause.toString();
            listener.notice("a scan failed and is tried again: " + why);
        }
    }

    private void scan(boolean patient) throws IOException, InterruptedException {
        boolean atTop = everything || dirty.contains("");
        if (everything) {
            take(scanner.everything(patient, source.isKnown() ? Progress.NONE : listener));
            everything = false;
            lastFullScan = System.nanoTime();
        } else if (!dirty.isEmpty()) {
            Set<String> now = Set.copyOf(dirty);
            dirty.clear();
            take(scanner.directories(now, patient));
        }
        if (atTop && reconfigure()) {
            // Whoever waits for what was saved waits for what the saved configuration makes of it, too.
            everything = true;
            scan(patient);
        } else {
            tellConfiguration();
        }
    }

    private boolean isSomethingGone() {
        return index.moved().stream().anyMatch(each -> each.after() == null);
    }

    private void round() throws IOException, InterruptedException {
        Freshness.Served served = awaitWork();
        dirt.poll();
        String why = whyHeld();
        if (why != null) {
            source.state(Source.Phase.HELD, why);
            served.complete();
            return;
        }
        boolean patient = served.isEmpty();
        everything |= served.everything();
        scan(patient);
        long end = System.nanoTime() + HALF_SAVE;
        while (source.isKnown() && isSomethingGone() && System.nanoTime() < end && note(watch.await(SETTLE))) {
            // A file is made before it is written: what comes back is empty at first.
            while (System.nanoTime() < end && note(watch.await(BREATH))) {
                Thread.onSpinWait();
            }
            scan(patient);
        }
        toldFailure = "";
        boolean wasAway = source.state().phase() == Source.Phase.UNAVAILABLE;
        // git may have begun while the scan ran: then what it found is half a checkout.
        why = whyHeld();
        if (why != null) {
            source.state(Source.Phase.HELD, why);
        } else {
            commit();
            boolean known = source.isKnown();
            source.ready();
            if (!known) {
                listener.ready();
                source.history().fill();
                dirt.ask();
            }
        }
        if (wasAway) {
            listener.notice(source.root() + " is there again");
        }
        served.complete();
        kept.saveNowAndThen(lastHintMillis);
    }

    /** Waits until there is something to scan, and until it has settled or someone cannot wait for that. */
    private Freshness.Served awaitWork() throws InterruptedException {
        Freshness.Served served = freshness.due();
        boolean held = source.state().phase() == Source.Phase.HELD;
        boolean pending = everything || !dirty.isEmpty();
        if (!served.isEmpty() || source.state().phase() == Source.Phase.STARTING) {
            return served;
        }
        if (note(watch.await(held ? HOLD_POLL : pending ? LOOK_AGAIN : idle()))) {
            long deadline = System.nanoTime() + (isBusy() ? BUSY_SETTLE : SETTLE_AT_MOST);
            served = freshness.due();
            for (long left = SETTLE;
                    served.isEmpty() && left > 0;
                    left = Math.min(SETTLE, deadline - System.nanoTime())) {
                if (!note(watch.await(left))) {
                    break;
                }
                served = freshness.due();
            }
        }
        everything |= isFullScanDue() || isOtherRoot();
        return served.isEmpty() ? freshness.due() : served;
    }

    /** Whether something writes all the time: then a few sequences a second are enough. */
    private boolean isBusy() {
        return commits.size() == BUSY_COMMITS && System.nanoTime() - commits.getFirst() < BUSY_WITHIN;
    }

    private long idle() {
        long untilSafety = lastFullScan + scanInterval() - System.nanoTime();
        return Math.max(1, Math.min(untilSafety, wakes ? ROOT_LOOK : FRESH_POLL));
    }

    private long scanInterval() {
        return watch.complete() ? SAFETY_SCAN : CLOCK_SCAN;
    }

    private boolean isOtherRoot() {
        String before = rootIdentity;
        rootIdentity = identity(source.root());
        source.config().roots().values().forEach(each -> rootIdentity += " " + identity(each));
        return !rootIdentity.equals(before);
    }

    private static String identity(Path root) {
        try {
            return String.valueOf(
                    Files.readAttributes(root, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return "gone";
        }
    }

    private boolean isFullScanDue() {
        return System.nanoTime() - lastFullScan >= scanInterval();
    }

    /** Takes in hints; returns whether there was one. */
    private boolean note(Hints hints) {
        freshness.saw(hints.pulse());
        if (hints.isEmpty()) {
            return false;
        }
        if (firstHint == 0) {
            firstHint = System.nanoTime();
        }
        if (dirty.isEmpty() && !everything) {
            dirt.ask();
        }
        lastHintMillis = System.currentTimeMillis();
        dirty.addAll(hints.directories());
        everything |= hints.everything();
        return true;
    }

    private @Nullable String whyHeld() {
        return repositories.whyHeld(source.roots(), System.currentTimeMillis(), lastHintMillis);
    }

    private void take(ScanResult result) throws IOException {
        dirty.addAll(result.unstable());
        result.appeared().forEach(listener::problem);
    }

    /** Reads the configuration if it may be another than before, also where a rule ignores its file; whether it is. */
    private boolean reconfigure() {
        List<String> texts = ConfigReader.texts(source.root());
        if (texts.equals(configTexts) && invalid == null) {
            return false;
        }
        configTexts = texts;
        boolean other = false;
        try {
            Config newer = ConfigReader.read(source.root());
            other = !newer.equals(source.config());
            invalid = null;
            if (other) {
                source.config(newer);
                rules = new IgnoreRules(source.root(), newer);
                scanner = newScanner();
            }
        } catch (ConfigException e) {
            invalid = ConfigProblems.invalid(e);
        }
        return other;
    }

    private void tellConfiguration() {
        List<Problem> wrong = new ArrayList<>(ConfigProblems.idle(source.config(), index));
        if (invalid != null) {
            wrong.add(0, invalid);
        }
        source.findings().configuration(wrong).forEach(listener::problem);
    }

    private void commit() throws IOException {
        List<Difference> differences = index.moved();
        if (differences.isEmpty()) {
            index.forgetMoved();
            firstHint = 0;
            return;
        }
        long since = firstHint == 0 ? System.nanoTime() : firstHint;
        long at = System.currentTimeMillis() - sinceThen(since);
        Cursor cursor = source.history().commit(differences, Repositories.state(source.root(), dirt, since), at);
        index.forgetMoved();
        kept.moved();
        commits.addLast(System.nanoTime());
        if (commits.size() > BUSY_COMMITS) {
            commits.removeFirst();
        }
        firstHint = 0;
        if (source.isKnown()) {
            listener.sequence(cursor, differences, sinceThen(since));
        }
    }

    private static long sinceThen(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            stopping = true;
        }
    }

    /** Ends the cycle and keeps what the next run needs to go on in the same history. */
    @Override
    public void close() throws IOException {
        stopping = true;
        watch.close();
        thread.interrupt();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean whole = !thread.isAlive() && (!started || source.state().phase() == Source.Phase.READY);
        if (whole && index.moved().isEmpty()) {
            kept.end(source.history().cursor(), source.history().tree());
        } else if (!thread.isAlive() && source.isKnown()) {
            // Of a source that is gone, too: by its index it is recognised where it was moved to.
            kept.save();
        }
        state.close();
    }
}
