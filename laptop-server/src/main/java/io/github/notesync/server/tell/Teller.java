package io.github.notesync.server.tell;

/** Tells events to whoever started the server. Any thread. */
public interface Teller {
    void tell(Event event);

    /** How far something is; the next one replaces it. */
    void progress(Meter meter);
}
