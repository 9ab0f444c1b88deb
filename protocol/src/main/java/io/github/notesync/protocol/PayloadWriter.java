package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes the tar of a batch and checks every file against the manifest while it is read. One thread. */
final class PayloadWriter {
    private static final int BUFFER = 64 << 10;
    /** What the name field of a ustar header holds without PAX. */
    private static final int NAME_BYTES = 99;

    private static final long OCTAL_SIZE_MAX = 077777777777L;

    private final TarArchiveOutputStream tar;
    private final @Nullable LeveledGzip gzip;
    private final byte[] buffer = new byte[BUFFER];

    /** @param gzip what {@code out} is, where it is compressed */
    PayloadWriter(OutputStream out, @Nullable LeveledGzip gzip) {
        this.gzip = gzip;
        tar = new TarArchiveOutputStream(out, TarHeader.BLOCK, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** The length of the tar of {@code manifest}, known before a byte of it is. */
    static long size(Manifest manifest) {
        long size = 2 * TarHeader.BLOCK;
        for (Change change : manifest.changes()) {
            if (change instanceof Change.Put put && put.inPayload()) {
                size += entrySize(put);
            }
        }
        return size;
    }

    private static long entrySize(Change.Put put) {
        long pax = 0;
        int name = put.path().value().getBytes(StandardCharsets.UTF_8).length;
        if (name > NAME_BYTES) {
            pax += paxRecord("path", name);
        }
        if (put.payloadSize() > OCTAL_SIZE_MAX) {
            pax += paxRecord("size", Long.toString(put.payloadSize()).length());
        }
        long header = pax == 0 ? TarHeader.BLOCK : 2 * TarHeader.BLOCK + padded(pax);
        return header + padded(put.payloadSize());
    }

    /** The length counts the record with its own digits, a space, {@code =} and a line feed. */
    private static int paxRecord(String key, int valueLength) {
        int rest = key.length() + valueLength + 3;
        int digits = 1;
        while (Integer.toString(rest + digits).length() > digits) {
            digits++;
        }
        return rest + digits;
    }

    private static long padded(long size) {
        return (size + TarHeader.BLOCK - 1) / TarHeader.BLOCK * TarHeader.BLOCK;
    }

    void write(Change.Put put, ContentSource content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(put.path().value());
        entry.setSize(put.payloadSize());
        entry.setMode(0);
        entry.setModTime(0);
        entry.setUserName("");
        entry.setGroupName("");
        tar.putArchiveEntry(entry);
        try (InputStream in = content.open(put)) {
            copy(put, in);
        }
        tar.closeArchiveEntry();
        if (gzip != null) {
            gzip.plainEffort();
        }
    }

    private void copy(Change.Put put, InputStream in) throws IOException {
        FreshBytes fresh = FreshBytes.of(put);
        Digest.Hasher hasher = Digest.hasher();
        long size = 0;
        for (int n = in.readNBytes(buffer, 0, BUFFER); n > 0; n = in.readNBytes(buffer, 0, BUFFER)) {
            hasher.update(buffer, 0, n);
            if (gzip != null && size == 0) {
                gzip.adaptTo(buffer, n);
            }
            size += n;
            if (size > put.size()) {
                throw new ContentChangedException(put.path());
            }
            fresh.write(buffer, n, tar);
        }
        if (size != put.size() || !hasher.digest().equals(put.digest())) {
            throw new ContentChangedException(put.path());
        }
    }

    /** Ends the tar; the stream below stays open. */
    void finish() throws IOException {
        tar.finish();
        tar.flush();
    }
}
