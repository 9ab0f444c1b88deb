package io.github.notesync.server.pack;

import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.ContentSource;
import io.github.notesync.server.cycle.Source;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/** The content of a put: as the scan read it, else from the disk, whose bytes the writer checks. Any thread. */
final class SourceContent implements ContentSource {
    private final Source source;

    SourceContent(Source source) {
        this.source = source;
    }

    @Override
    public InputStream open(Change.Put put) throws IOException {
        byte[] read = source.contents().get(put.digest());
        if (read != null) {
            return new ByteArrayInputStream(read);
        }
        return new Beginning(Files.newInputStream(source.onDisk(put.path().value())), put.size());
    }

    /** The first bytes of a file: a log that grew since the scan still begins with what was scanned. */
    private static final class Beginning extends FilterInputStream {
        private long left;

        Beginning(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(n, 0);
            return n;
        }
    }
}
