package io.github.notesync.protocol;

/** The limits of {@code PROTOCOL.md} section 7. Sizes are in bytes unless the name says otherwise. */
public final class Limits {
    public static final int CHUNK_DEFAULT = 256 << 10;
    public static final int CHUNK_MAX = 8 << 20;
    public static final int FRAME_MAX = CHUNK_MAX + (64 << 10);
    public static final int HEADER_JSON_MAX = 4 << 20;

    public static final int REPLICA_MANIFEST_BODY_MAX = 64 << 20;
    public static final int BODY_MAX = 1 << 20;

    public static final long MANIFEST_MAX = 256L << 20;
    public static final int CHANGES_MAX = 500_000;
    public static final int ENTRIES_MAX = CHANGES_MAX;

    public static final int PATH_BYTES_MAX = 1024;
    public static final int COMPONENT_BYTES_MAX = 255;
    public static final int PATH_COMPONENTS_MAX = 64;

    public static final long FILE_MAX = 1L << 40;
    public static final int TAR_HEADER_BYTES_MAX = 16 << 10;
    public static final int RECIPE_ITEMS_MAX = 100_000;

    /** Characters of a label, a machine name or a kernel id. */
    public static final int LABEL_CHARS_MAX = 200;

    public static final int CHUNK_REQUESTS_IN_FLIGHT = 2;

    /** Every number in a message is below this, so that JavaScript holds it exactly. */
    public static final long NUMBER_MAX = (1L << 53) - 1;

    private Limits() {}
}
