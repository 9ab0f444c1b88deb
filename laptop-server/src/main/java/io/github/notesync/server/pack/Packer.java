package io.github.notesync.server.pack;

import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ManifestHeader;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.diff.Bases;
import io.github.notesync.server.diff.Changes;
import io.github.notesync.server.history.Delta;
import io.github.notesync.server.history.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches and keeps them while they may be asked for: replicas at the same cursor share one. A large one is made in
 * the background and read at the same time. Any thread.
 */
public final class Packer implements AutoCloseable {
    /** Made at once by the thread that asks; more is made in the background. */
    private static final long SMALL = 1 << 20;

    /** A project that is larger is not made for somebody who may never be let in. */
    private static final long AHEAD_AT_MOST = 512 << 20;

    private static final int MANY_CHANGES = 5_000;
    private static final int KEPT_BATCHES = 32;
    private static final long KEPT_BYTES = 1L << 30;

    private final Source source;
    private final Path directory;
    private final Consumer<String> notice;
    private final ExecutorService makers = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "notesync-pack");
        thread.setDaemon(true);
        return thread;
    });

    /** The last refusal of the disk that was said. */
    private volatile String said = "";

    /** The least used first. */
    private final Map<Key, Place> kept = new LinkedHashMap<>(16, 0.75f, true);

    /** Held while a manifest of many changes is made: two at once could be more than the heap holds. */
    private final Object large = new Object();

    private record Key(@Nullable Cursor from, TreeDigest base, Cursor to, Wishes wishes) {}

    /** Where a batch is kept. It is begun by the first who asks; who asks for the same waits for that, nobody else. */
    private static final class Place {
        volatile @Nullable Batch batch;

        long size() {
            Batch begun = batch;
            return begun == null ? 0 : begun.size();
        }
    }

    /**
     * @param directory for large batches, outside the source
     * @param notice told when a batch could not be made
     */
    public Packer(Source source, Path directory, Consumer<String> notice) {
        this.source = source;
        this.directory = directory;
        this.notice = notice;
    }

    /**
     * Begins in the background what a replica will ask for that has nothing yet: a user needs seconds to type a pairing
     * code, and the first batch of a large project takes as long. Nothing of it leaves before somebody is let in.
     */
    public void prepareFirst() {
        History history = source.history();
        if (source.isKnown() && history.size().bytes() <= AHEAD_AT_MOST) {
            makers.execute(() -> {
                try {
                    batch(history.from(List.of(), TreeDigest.EMPTY), Wishes.USUAL);
                } catch (IOException e) {
                    // Said by refused, and again to the one who asks for it.
                }
            });
        }
    }

    /** The batch that makes this delta. */
    public Batch batch(Delta delta, Wishes wishes) throws IOException {
        Key key = new Key(delta.from(), delta.base(), delta.to(), wishes);
        Place place;
        synchronized (kept) {
            place = kept.computeIfAbsent(key, each -> new Place());
        }
        synchronized (place) {
            Batch known = place.batch;
            return known != null && !known.isFailed() ? known : make(key, place, delta);
        }
    }

    private Batch make(Key key, Place place, Delta delta) throws IOException {
        Batch batch;
        try {
            batch = begin(delta, key.wishes());
        } catch (IOException | RuntimeException e) {
            synchronized (kept) {
                kept.remove(key, place);
            }
            throw e;
        }
        place.batch = batch;
        synchronized (kept) {
            kept.put(key, place);
        }
        evict();
        if (batch.descriptor().manifestSize() + batch.descriptor().payloadSize() <= SMALL) {
            finish(batch);
        } else {
            makers.execute(() -> finish(batch));
        }
        return batch;
    }

    private Batch begin(Delta delta, Wishes wishes) throws IOException {
        if (delta.differences().size() < MANY_CHANGES) {
            return beginNow(delta, wishes);
        }
        synchronized (large) {
            return beginNow(delta, wishes);
        }
    }

    private Batch beginNow(Delta delta, Wishes wishes) throws IOException {
        Id id = Id.random();
        Spool spool = new Spool(directory.resolve(id.hex()));
        try {
            return new Batch(id, manifest(delta, wishes), wishes.encoding(), spool);
        } catch (SpoolException e) {
            spool.drop();
            refused(e);
            throw e;
        }
    }

    /** Said once: it is tried again until it goes. */
    private void refused(SpoolException e) {
        String text = e.getMessage() + "; " + e.remedy();
        if (!text.equals(said)) {
            said = text;
            notice.accept(text);
        }
    }

    /** The batch of this id, if it is still kept; one that could not be made says so when it is read. */
    public Optional<Batch> find(Id id) {
        synchronized (kept) {
            for (Map.Entry<Key, Place> each : kept.entrySet()) {
                Batch batch = each.getValue().batch;
                if (batch != null && batch.descriptor().batch().equals(id)) {
                    // Looked up again, so that it counts as used.
                    kept.get(each.getKey());
                    return Optional.of(batch);
                }
            }
        }
        return Optional.empty();
    }

    private Manifest manifest(Delta delta, Wishes wishes) {
        Bases bases = new ReplicaBases(delta, source.history(), source.chunkLists(), wishes);
        List<Change> changes = Changes.of(delta.differences(), bases);
        if (!source.history().cursor().equals(delta.to())) {
            // A save came in between: what the history holds now may not be what the replica has.
            changes = Changes.of(delta.differences(), Bases.NONE);
        }
        ManifestHeader header = new ManifestHeader(
                source.config().name(),
                delta.from(),
                delta.base(),
                delta.to(),
                delta.tree(),
                System.currentTimeMillis(),
                delta.git(),
                0,
                0);
        return Manifest.of(header, changes);
    }

    private void finish(Batch batch) {
        try {
            batch.finish(new SourceContent(source));
            said = "";
        } catch (SpoolException e) {
            refused(e);
        } catch (IOException e) {
            // The change that caused it has its own event, so a newer batch follows.
            notice.accept(
                    "batch " + batch.descriptor().batch().hex().substring(0, 8) + " is made again: " + e.getMessage());
        }
    }

    private void evict() throws IOException {
        List<Batch> dropped = new ArrayList<>();
        synchronized (kept) {
            long bytes = kept.values().stream().mapToLong(Place::size).sum();
            Iterator<Place> oldest = kept.values().iterator();
            for (int i = kept.size() - 2; i > 0 && (kept.size() > KEPT_BATCHES || bytes > KEPT_BYTES); i--) {
                Batch batch = oldest.next().batch;
                if (batch != null) {
                    oldest.remove();
                    bytes -= batch.size();
                    dropped.add(batch);
                }
            }
        }
        for (Batch each : dropped) {
            each.drop();
        }
    }

    @Override
    public void close() {
        makers.shutdownNow();
    }
}
