package io.github.notesync.protocol;

import java.util.Arrays;

/**
 * One header block of a tar, held to what {@code PROTOCOL.md} 2.5 allows: plain ustar, a regular file or its PAX header,
 * no link, no prefix. Pure.
 */
final class TarHeader {
    static final int BLOCK = 512;
    static final char FILE = '0';
    static final char PAX = 'x';

    private static final int NAME = 100;
    private static final int SIZE = 124;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0, '0', '0'};

    private static final int MODE = 100;
    private static final int TIME = 136;

    private final char type;
    private final String name;
    private final long size;

    private TarHeader(char type, String name, long size) {
        this.type = type;
        this.name = name;
        this.size = size;
    }

    /** {@link #FILE} or {@link #PAX}. */
    char type() {
        return type;
    }

    String name() {
        return name;
    }

    /** Bytes of data behind the header. */
    long size() {
        return size;
    }

    static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    static TarHeader parse(byte[] block) throws ProtocolException {
        if (!Arrays.equals(block, MAGIC, MAGIC + USTAR.length, USTAR, 0, USTAR.length)) {
            throw PayloadReason.NOT_USTAR.exception();
        }
        if (octal(block, CHECKSUM, 8) != sum(block)) {
            throw PayloadReason.HEADER_CHECKSUM.exception();
        }
        char type = (char) (block[TYPE] & 0xFF);
        if (type == 'g') {
            throw PayloadReason.PAX_GLOBAL.exception();
        }
        if (type != FILE && type != PAX) {
            throw PayloadReason.ENTRY_TYPE.exception("type " + Quoted.of(String.valueOf(type)));
        }
        int end = 0;
        while (end < NAME && block[end] != 0) {
            end++;
        }
        // Behind the first NUL of the name only NULs: else readers disagree on where it ends.
        boolean plain =
                end > 0 && isZero(block, end, NAME) && isZero(block, LINK, MAGIC) && isZero(block, PREFIX, BLOCK);
        if (!plain) {
            throw PayloadReason.HEADER_FIELD.exception("name, link name or prefix");
        }
        // Mode, owner and group, and the time: nobody wants them, but they are numbers.
        for (int field = MODE; field < SIZE; field += 8) {
            octal(block, field, 8);
        }
        octal(block, TIME, 12);
        return new TarHeader(type, TarReader.text(block, 0, end), octal(block, SIZE, 12));
    }

    /** The checksum counts its own field as spaces. */
    private static long sum(byte[] block) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : block[i] & 0xFF;
        }
        return sum;
    }

    /** Octal digits, then only NULs and spaces: no sign, no base 256. */
    private static long octal(byte[] block, int from, int length) throws ProtocolException {
        long number = 0;
        int i = from;
        while (i < from + length && block[i] >= '0' && block[i] <= '7') {
            number = number * 8 + (block[i++] - '0');
        }
        boolean empty = i == from;
        while (i < from + length && (block[i] == 0 || block[i] == ' ')) {
            i++;
        }
        if (empty || i < from + length) {
            throw PayloadReason.HEADER_FIELD.exception("a number that is not octal");
        }
        return number;
    }
}
