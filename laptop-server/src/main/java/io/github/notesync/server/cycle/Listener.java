package io.github.notesync.server.cycle;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.server.scan.Difference;
import io.github.notesync.server.scan.Problem;
import io.github.notesync.server.scan.Progress;
import java.util.List;

/** Told what the cycle does, on its thread (progress: on the threads that read). */
public interface Listener extends Progress {
    /** The first scan is done: the history says what the source holds. */
    void ready() throws InterruptedException;

    /** A new sequence, after the first scan; {@code millis} since the first hint of it. */
    void sequence(Cursor cursor, List<Difference> differences, long millis);

    void problem(Problem problem);

    /** One sentence that the user should see. */
    void notice(String text);
}
