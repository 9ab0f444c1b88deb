package io.github.notesync.server.cycle;

import io.github.notesync.protocol.GitState;
import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.Roots;
import io.github.notesync.server.history.History;
import io.github.notesync.server.scan.ChunkLists;
import io.github.notesync.server.scan.Contents;
import io.github.notesync.server.scan.Findings;
import io.github.notesync.server.scan.Index;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The source as the rest of the server sees it: its history, its state, and a way to bring it up to date. Any thread. */
public final class Source {
    private final String id;
    private final Path root;
    private final Index index;
    private final History history;
    private final Contents contents;
    private final ChunkLists chunkLists;
    private final Findings findings;
    private final Freshness freshness;
    private volatile boolean known;
    private volatile Config config;
    private volatile State state = new State(Phase.STARTING, "the first scan is running");

    /** What the cycle is at. */
    public enum Phase {
        /** The history is not known yet. */
        STARTING,
        READY,
        /** A change is known but held back. */
        HELD,
        /** The source directory is gone or cannot be read. */
        UNAVAILABLE
    }

    /** @param why half a sentence for people; empty when ready */
    public record State(Phase phase, String why) {}

    Source(
            String id,
            Path root,
            Config config,
            Index index,
            History history,
            Contents contents,
            ChunkLists chunkLists,
            Freshness freshness) {
        this.id = id;
        this.root = root;
        this.config = config;
        this.index = index;
        this.history = history;
        this.contents = contents;
        this.chunkLists = chunkLists;
        this.findings = new Findings();
        this.freshness = freshness;
    }

    /** The same whatever becomes of its history, also when its directory is moved on its disk. */
    public String id() {
        return id;
    }

    public Path root() {
        return root;
    }

    /** The project and what is served beside it. */
    public Roots roots() {
        return new Roots(root, config.roots());
    }

    public Config config() {
        return config;
    }

    void config(Config newer) {
        config = newer;
    }

    public History history() {
        return history;
    }

    public Contents contents() {
        return contents;
    }

    public ChunkLists chunkLists() {
        return chunkLists;
    }

    public Findings findings() {
        return findings;
    }

    public State state() {
        return state;
    }

    /** Whether the first scan is done, so that the history says what the source holds. */
    public boolean isKnown() {
        return known;
    }

    void ready() {
        known = true;
        state = new State(Phase.READY, "");
    }

    void state(Phase phase, String why) {
        state = new State(phase, why);
    }

    public @Nullable GitState git() {
        return history.git();
    }

    /** Where a path of the project is on this disk. */
    public Path onDisk(String path) {
        return index.onDisk(roots(), path);
    }

    /** Waits until every save that returned before the call is in the history; false when that takes too long. */
    public boolean refresh(long millis) throws IOException, InterruptedException {
        try {
            freshness.ask().get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
