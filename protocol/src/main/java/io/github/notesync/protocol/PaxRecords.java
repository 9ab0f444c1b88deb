package io.github.notesync.protocol;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The PAX records of one entry, held to the two keys that {@code PROTOCOL.md} 2.5 allows. Pure.
 *
 * @param path null if the ustar header says it
 * @param size bytes of the entry's data; -1 if the ustar header says it
 */
record PaxRecords(@Nullable String path, long size) {
    /** Reads {@code <length> <key>=<value>\n} up to the end; the length counts the whole record. */
    static PaxRecords parse(byte[] data) throws ProtocolException {
        Set<String> seen = new HashSet<>();
        String path = null;
        long size = -1;
        for (int at = 0; at < data.length; ) {
            int space = indexOf(data, ' ', at, Math.min(data.length, at + 6));
            int length = (int) decimal(data, at, space);
            int end = at + length;
            int equals = indexOf(data, '=', space + 1, Math.min(data.length, end));
            if (end > data.length || equals < 0 || data[end - 1] != '\n') {
                throw PayloadReason.PAX_RECORD.exception();
            }
            String key = TarReader.text(data, space + 1, equals);
            if (!seen.add(key)) {
                throw PayloadReason.PAX_RECORD.exception("key " + Quoted.of(key) + " twice");
            }
            switch (key) {
                case "path" -> path = text(data, equals + 1, end - 1);
                case "size" -> size = decimal(data, equals + 1, end - 1);
                default -> throw PayloadReason.PAX_RECORD.exception("key " + Quoted.of(key));
            }
            at = end;
        }
        return new PaxRecords(path, size);
    }

    private static String text(byte[] data, int from, int to) throws ProtocolException {
        if (from == to || indexOf(data, 0, from, to) >= 0) {
            throw PayloadReason.PAX_RECORD.exception("an empty path or one with NUL");
        }
        return TarReader.text(data, from, to);
    }

    private static int indexOf(byte[] data, int wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (data[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** At most 13 digits, which hold the largest file. */
    private static long decimal(byte[] data, int from, int to) throws ProtocolException {
        if (to <= from || to - from > 13) {
            throw PayloadReason.PAX_RECORD.exception();
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            if (data[i] < '0' || data[i] > '9') {
                throw PayloadReason.PAX_RECORD.exception();
            }
            number = number * 10 + (data[i] - '0');
        }
        return number;
    }
}
