package io.github.notesync.agent.disk;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * What the file system says about one name, never following a link.
 *
 * @param modifiedNanos nanoseconds since 1970
 * @param key names the inode; one word, without spaces
 */
public record Stat(Kind kind, long size, long modifiedNanos, String key, boolean executable) {

    /** Equal for as long as nobody wrote to the file or put another in its place; one word for the journal. */
    public String identity() {
        return key + ":" + modifiedNanos + ":" + (kind == Kind.FILE ? size : 0);
    }

    /** The inode and the time of its last write, without the size, which a power cut may shorten. */
    public String origin() {
        return key + ":" + modifiedNanos;
    }

    /** Whole seconds since 1970: all that Python compares. */
    public long modifiedSecond() {
        return Math.floorDiv(modifiedNanos, TimeUnit.SECONDS.toNanos(1));
    }

    public Instant modified() {
        return Instant.ofEpochSecond(0, modifiedNanos);
    }
}
