package io.github.notesync.protocol;

/** The numbers and words that name this protocol on every hop. */
public final class Protocol {
    /** The version of {@code PROTOCOL.md} that this code speaks. */
    public static final int PROTOCOL_VERSION = 1;

    /** The first frame of every ZeroMQ message (section 5). */
    public static final String FRAME_TAG = "notesync/1";

    private Protocol() {}
}
