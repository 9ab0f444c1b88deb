package io.github.notesync.server.tell;

/** Tells events to whoever started the server. Any thread. */
public interface Teller {
    void tell(Event event);

    /** A line that the next one replaces; only people see it. */
    void progress(String line);
}
