package io.github.notesync.server.serve;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.tell.Event;
import io.github.notesync.server.tell.Teller;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Remembers the last events for the dashboard, and passes all on. Any thread. */
public final class Timeline implements Teller {
    private static final int REMEMBERED = 200;

    private final Teller next;
    private final Deque<JsonObject> events = new ArrayDeque<>();

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
    public void progress(String line) {
        next.progress(line);
    }

    /** The newest first. */
    synchronized List<JsonObject> recent() {
        return List.copyOf(events);
    }
}
