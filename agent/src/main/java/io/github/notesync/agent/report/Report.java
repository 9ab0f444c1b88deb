package io.github.notesync.agent.report;

import io.github.notesync.agent.apply.Applier;
import io.github.notesync.agent.apply.KeptStore;
import io.github.notesync.agent.journal.Transaction;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorBody;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Words the events of one replica ({@code PROTOCOL.md} 5). Only for the replica's thread. */
public final class Report {
    private static final int CHANGES_MAX = 10_000;
    private static final long PROGRESS_NANOS = 250_000_000L;

    private final Id replica;
    private final Audience audience;
    private long lastProgress;

    public Report(Id replica, Audience audience) {
        this.replica = replica;
        this.audience = audience;
    }

    /** At most four times a second. */
    public void progress(Id batch, long received, @Nullable Long total) {
        long now = System.nanoTime();
        if (now - lastProgress >= PROGRESS_NANOS) {
            lastProgress = now;
            audience.tell(
                    "progress", about(batch.hex()).put("received", received).put("total", total));
        }
    }

    public void staged(Id batch, Cursor to) {
        audience.tell("staged", about(batch.hex()).put("to", to.toJson()));
    }

    public void waiting(Id batch, List<String> kernels) {
        audience.tell("waiting", about(batch.hex()).put("for", kernels));
    }

    public void refused(Id batch, ErrorBody error) {
        JsonObject.Builder event = about(batch.hex());
        error.toJson().build().fields().forEach(event::put);
        audience.tell("refused", event);
    }

    public void halted(Id batch, Applier.Halt halt) {
        audience.tell(
                "halted",
                about(batch.hex())
                        .put("deletes", halt.deletes())
                        .put("of", halt.of())
                        .put("message", halt.getMessage()));
    }

    /**
     * Tells what is visible now; a long list of changes goes in several messages.
     *
     * @param timings null where nothing was received
     */
    public void applied(Applier.Applied applied, @Nullable JsonObject timings, boolean forced) {
        Transaction transaction = applied.transaction();
        List<JsonObject> changes = changes(transaction);
        List<JsonObject> kept = new ArrayList<>();
        for (KeptStore.Item item : applied.kept()) {
            kept.add(item.toJson());
        }
        int from = 0;
        do {
            int to = Math.min(from + CHANGES_MAX, changes.size());
            boolean last = to == changes.size();
            JsonObject.Builder event = about(transaction.batch())
                    .put("from", json(transaction.from()))
                    .put("to", json(transaction.to()))
                    .put("tree", transaction.toTree().hex())
                    .put("git", git(transaction))
                    .put("reason", transaction.reason())
                    .put("changes", changes.subList(from, to))
                    .put("kept", last ? kept : List.of())
                    .put("timings", timings)
                    .put("forced", forced);
            if (!last) {
                event.put("more", true);
            }
            audience.tell("applied", event);
            from = to;
        } while (from < changes.size());
    }

    /** Tells that the user's own version of a file is back. */
    public void restored(RelativePath path, @Nullable Digest digest, @Nullable Cursor cursor, TreeDigest tree) {
        audience.tell(
                "applied",
                about(null)
                        .put("from", json(cursor))
                        .put("to", json(cursor))
                        .put("tree", tree.hex())
                        .put("git", null)
                        .put("reason", Transaction.RESTORE)
                        .put("changes", List.of(change("put", path, digest)))
                        .put("kept", List.of())
                        .put("timings", null)
                        .put("forced", false));
    }

    private static List<JsonObject> changes(Transaction transaction) {
        List<JsonObject> changes = new ArrayList<>();
        Set<RelativePath> there = new HashSet<>();
        for (Entry entry : transaction.plan().added()) {
            there.add(entry.path());
            if (entry instanceof Entry.File file) {
                changes.add(change("put", entry.path(), file.digest()));
            } else if (entry instanceof Entry.Symlink link) {
                changes.add(change("symlink", entry.path(), link.digest()));
            } else {
                changes.add(change("mkdir", entry.path(), null));
            }
        }
        for (Entry entry : transaction.plan().removed()) {
            if (!there.contains(entry.path())) {
                changes.add(change("delete", entry.path(), null));
            }
        }
        return changes;
    }

    private static JsonObject change(String op, RelativePath path, @Nullable Digest digest) {
        return JsonObject.builder()
                .put("op", op)
                .put("path", path.value())
                .put("digest", digest == null ? null : digest.hex())
                .build();
    }

    private static @Nullable JsonObject git(Transaction transaction) {
        try {
            return transaction.git() == null ? null : ProtocolJson.parse(transaction.git());
        } catch (ProtocolException e) {
            return null;
        }
    }

    /** Null before the first batch. */
    public static @Nullable JsonObject json(@Nullable Cursor cursor) {
        return cursor == null ? null : cursor.toJson();
    }

    /** 0 before the first batch. */
    public static long sequence(@Nullable Cursor cursor) {
        return cursor == null ? 0 : cursor.sequence();
    }

    private JsonObject.Builder about(@Nullable String batch) {
        return JsonObject.builder().put("replica", replica.hex()).put("batch", batch);
    }
}
