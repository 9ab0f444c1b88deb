package io.github.notesync.server.serve;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.pairing.Grant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the server knows of one replica: for the next batch, and for the dashboard. Guarded by itself. */
final class Replica {
    private static final int REPORTS_KEPT = 20;

    final Id id;
    private JsonObject introduction = JsonObject.builder().build();
    private @Nullable Grant pairing;
    private @Nullable Cursor cursor;
    private long lastSeen;
    private long polls;
    private @Nullable TreeDigest manifestTree;
    private List<Entry> manifest = List.of();
    private final Deque<JsonObject> reports = new ArrayDeque<>();
    private final Set<String> confirmed = new TreeSet<>();
    private final Set<String> declined = new TreeSet<>();
    private boolean undelivered;

    Replica(Id id) {
        this.id = id;
    }

    synchronized void introduce(JsonObject said, Grant by) {
        introduction = said;
        pairing = by;
        seen();
    }

    synchronized void seen() {
        lastSeen = System.currentTimeMillis();
    }

    /**
     * A new poll begins; the one before, if it still waits, is to be answered at once. Who does not wait is no poll: a page
     * asks so before each cell, beside the kernel's own question. Who does not say what it holds is not where it asks from.
     */
    synchronized long poll(NextRequest asked, Grant by) {
        if (asked.tree() != null) {
            cursor = asked.cursor();
        }
        pairing = by;
        seen();
        if (asked.waitMillis() > 0) {
            polls++;
        }
        return polls;
    }

    synchronized boolean isNewest(long poll) {
        return poll == polls;
    }

    synchronized void manifest(TreeDigest tree, List<Entry> entries) {
        manifestTree = tree;
        manifest = List.copyOf(entries);
        seen();
    }

    /** The entries that the replica said it has, if that is the tree that it has now. */
    synchronized @Nullable List<Entry> manifest(TreeDigest tree) {
        return tree.equals(manifestTree) ? manifest : null;
    }

    /** The replica stands in the history again: its manifest is no longer needed. */
    synchronized void forgetManifest() {
        manifestTree = null;
        manifest = List.of();
    }

    synchronized void report(JsonObject report) {
        reports.addFirst(report);
        if (reports.size() > REPORTS_KEPT) {
            reports.removeLast();
        }
        if (report.fields().get("cursor") instanceof JsonObject at) {
            try {
                cursor = Cursor.fromJson(at);
            } catch (java.io.IOException e) {
                // A report is for people; a cursor that cannot be read is not shown.
                cursor = null;
            }
        }
        String batch = String.valueOf(report.fields().get("batch"));
        if (!"halted".equals(report.fields().get("state"))) {
            confirmed.remove(batch);
            declined.remove(batch);
        }
        seen();
    }

    /** The user's answer to a halt. */
    synchronized void decide(String batch, boolean yes) {
        confirmed.remove(batch);
        declined.remove(batch);
        (yes ? confirmed : declined).add(batch);
        undelivered = true;
    }

    /** Whether there is an answer of the user that no poll has taken along yet. */
    synchronized boolean hasUndelivered() {
        return undelivered;
    }

    synchronized void delivered() {
        undelivered = false;
    }

    synchronized List<String> confirmed() {
        return List.copyOf(confirmed);
    }

    synchronized List<String> declined() {
        return List.copyOf(declined);
    }

    /** For the dashboard. */
    synchronized JsonObject.Builder toJson() {
        return JsonObject.builder()
                .put("replica", id.hex())
                .put("introduction", introduction)
                .put("pairing", pairing == null ? null : pairing.pairing().hex())
                .put("cursor", cursor == null ? null : cursor.toJson())
                .put("last_seen", lastSeen)
                .put("reports", List.copyOf(reports))
                .put("confirmed", confirmed())
                .put("declined", declined());
    }

    /** A name for people. */
    synchronized String label() {
        Object label = introduction.fields().get("label");
        return label instanceof String text && !text.isBlank()
                ? text
                : pairing != null && !pairing.client().label().isBlank()
                        ? pairing.client().label()
                        : "replica " + id.hex().substring(0, 8);
    }
}
