package io.github.notesync.server.scan;

import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.Roots;
import io.github.notesync.server.ignore.IgnoreRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Compares the source with the index and brings the index up to date. Hints say where to look; what is true is decided
 * here, by stat and where that moved, or cannot vouch, by content. Used by one thread.
 */
public final class Scanner {
    private final Roots roots;
    private final Config config;
    private final IgnoreRules rules;
    private final Index index;
    private final Coverage coverage;
    private final Findings findings;
    private final StatReader stats;
    private final ContentReader reader;
    private final RuleFiles ruleFiles;

    public Scanner(
            Path root,
            Config config,
            IgnoreRules rules,
            Index index,
            Coverage coverage,
            Contents contents,
            ChunkLists chunkLists,
            Findings findings) {
        this(root, config, rules, index, coverage, contents, chunkLists, findings, Files::newInputStream);
    }

    Scanner(
            Path root,
            Config config,
            IgnoreRules rules,
            Index index,
            Coverage coverage,
            Contents contents,
            ChunkLists chunkLists,
            Findings findings,
            ContentReader.Opener opener) {
        this.roots = new Roots(root, config.roots());
        this.config = config;
        this.rules = rules;
        this.index = index;
        this.coverage = coverage;
        this.findings = findings;
        this.stats = new StatReader(root);
        this.reader = new ContentReader(stats, contents, chunkLists, opener);
        this.ruleFiles = new RuleFiles(rules);
    }

    /** What a scan finds in a source that is not served here: every file is opened, none is read. */
    public static Findings look(Path root, Config config) throws IOException, InterruptedException {
        Findings findings = new Findings();
        Scanner scanner = new Scanner(
                root,
                config,
                new IgnoreRules(root, config),
                new Index(),
                Coverage.NONE,
                new Contents(),
                new ChunkLists(),
                findings,
                file -> {
                    Files.newInputStream(file).close();
                    return InputStream.nullInputStream();
                });
        scanner.everything(false, Progress.NONE);
        return findings;
    }

    /** Looks at every directory. */
    public ScanResult everything(boolean patient, Progress progress) throws IOException, InterruptedException {
        return scan(progress, patient, Scan::everything);
    }

    /**
     * Looks at these directories, and at all below those that are new.
     *
     * @param patient whether a big file that was written just now may wait for the next scan
     */
    public ScanResult directories(Set<String> directories, boolean patient) throws IOException, InterruptedException {
        return scan(Progress.NONE, patient, scan -> {
            for (String each : directories) {
                scan.directory(rules.judgedIn(each), false);
                scan.directory(each, false);
            }
        });
    }

    private interface Walk {
        void over(Scan scan) throws IOException;
    }

    private ScanResult scan(Progress progress, boolean patient, Walk walk) throws IOException, InterruptedException {
        Scan scan = new Scan(
                roots,
                config,
                rules,
                ruleFiles,
                index,
                coverage,
                findings,
                stats,
                new Reading(reader, progress),
                patient);
        walk.over(scan);
        return scan.finish();
    }
}
