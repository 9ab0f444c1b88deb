package io.github.notesync.server.tell;

import io.github.notesync.protocol.JsonObject;
import java.io.PrintStream;

/** One JSON object per line and event, first its name. Any thread. */
public final class JsonTeller implements Teller {
    private static final long PROGRESS_EVERY = 500_000_000;

    private final PrintStream out;
    private long progressTold = System.nanoTime() - PROGRESS_EVERY;

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
    public synchronized void progress(Meter meter) {
        long now = System.nanoTime();
        if (now - progressTold < PROGRESS_EVERY && meter.percent() != 100) {
            return;
        }
        progressTold = now;
        out.println(JsonObject.builder()
                .put("event", "progress")
                .put("at", System.currentTimeMillis())
                .put("line", meter.line())
                .put("done", meter.done())
                .put("of", meter.of())
                .build());
        out.flush();
    }
}
