package io.github.notesync.server.scan;

import org.jspecify.annotations.Nullable;

/**
 * What the file system says of a path without reading it. Equal stats mean equal content, unless the stat is racy.
 *
 * @param modified nanoseconds since 1970
 * @param changed time of the last change of the inode, nanoseconds since 1970; 0 where the system has none
 * @param inode 0 where the system has none
 */
record Stat(Kind kind, long size, long modified, long changed, long inode, boolean executable) {
    enum Kind {
        FILE('f'),
        DIRECTORY('d'),
        SYMLINK('l'),
        OTHER('o');

        /** How the index file writes it. */
        final char code;

        Kind(char code) {
            this.code = code;
        }

        static Kind of(byte code) {
            for (Kind each : values()) {
                if (each.code == code) {
                    return each;
                }
            }
            throw new IllegalArgumentException("no kind of entry: " + code);
        }
    }

    /** The coarsest clock of a file system that keeps nanoseconds. */
    private static final long TICK = 20_000_000;
    /** FAT keeps 2 seconds. */
    private static final long COARSE_TICK = 2_000_000_000;

    private static final long SECOND = 1_000_000_000;

    /**
     * Whether content written later could leave this stat as it is: the path changed so shortly before {@code now} that
     * the file system's clock may not have moved since.
     */
    boolean isRacy(long now) {
        long newest = Math.max(modified, changed);
        long tick = modified % SECOND == 0 && changed % SECOND == 0 ? COARSE_TICK : TICK;
        return newest > now - tick;
    }

    /** Spelled out: what Java makes for records is slow until it is compiled, and a start compares every file once. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Stat that
                && changed == that.changed
                && inode == that.inode
                && size == that.size
                && modified == that.modified
                && kind == that.kind
                && executable == that.executable;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(changed * 31 + inode);
    }
}
