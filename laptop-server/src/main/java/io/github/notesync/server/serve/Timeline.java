package io.github.notesync.server.serve;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.tell.Event;
import io.github.notesync.server.tell.Meter;
import io.github.notesync.server.tell.Teller;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers the last events for the dashboard, and passes all on. Any thread. */
public final class Timeline implements Teller {
    private static final int REMEMBERED = 200;

    /** So long after its last word something is taken to be going on. */
    private static final long LASTING = 3_000_000_000L;

    private final Teller next;
    private final Deque<JsonObject> events = new ArrayDeque<>();
    private @Nullable Meter latest;
    private long measured;

    public Timeline(Teller next) {
        this.next = next;
    }

    @Override
    public void tell(Event event) {
        JsonObject.Builder json = JsonObject.builder()
                .put("event", event.name())
                .put("at", System.currentTimeMillis())
                .put("line", event.line());
        event.fields().fields().forEach((name, value) -> {
            if (!name.equals("dashboard")) {
                json.put(name, value);
            }
        });
        synchronized (this) {
            events.addFirst(json.build());
            if (events.size() > REMEMBERED) {
                events.removeLast();
            }
        }
        next.tell(event);
    }

    @Override
    public void progress(Meter meter) {
        synchronized (this) {
            latest = meter;
            measured = System.nanoTime();
        }
        next.progress(meter);
    }

    /** How far something is that is going on now; null when nothing is. */
    synchronized @Nullable Meter current() {
        return latest != null && latest.percent() < 100 && System.nanoTime() - measured < LASTING ? latest : null;
    }

    /** The newest first. */
    synchronized List<JsonObject> recent() {
        return List.copyOf(events);
    }
}
