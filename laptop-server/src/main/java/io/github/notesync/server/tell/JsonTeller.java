package io.github.notesync.server.tell;

import io.github.notesync.protocol.JsonObject;
import java.io.PrintStream;

/** One JSON object per line and event, first its name. Any thread. */
public final class JsonTeller implements Teller {
    private final PrintStream out;

    public JsonTeller(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void tell(Event event) {
        JsonObject.Builder json =
                JsonObject.builder().put("event", event.name()).put("at", System.currentTimeMillis());
        event.fields().fields().forEach(json::put);
        out.println(json.build());
        out.flush();
    }

    @Override
    public void progress(String line) {
        // Programs wait for events.
    }
}
