package io.github.notesync.agent.stage;

import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Recipe;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.io.InputStream;

/** Reads what the replica has, for puts that need not send it again. */
public interface OldContent {

    /**
     * Copies the file at {@code from} as the content of {@code put}.
     *
     * @throws io.github.notesync.protocol.ProtocolException {@code content_missing} if it is not there or not the same
     */
    void copy(RelativePath from, Change.Put put, OutputFile out) throws IOException;

    /**
     * Builds the content of {@code put} from pieces of an old file and fresh bytes. The errors are those of
     * {@link #copy}.
     */
    void build(Recipe recipe, Change.Put put, InputStream fresh, OutputFile out) throws IOException;
}
