package io.github.notesync.agent.journal;

import java.util.Locale;
import java.util.regex.Pattern;

/** The only class that knows the names below {@code .notesync/}; {@code protocol/JOURNAL.md} shows them. */
public final class Layout {
    public static final String HOME = ".notesync";
    public static final String LOCK = "lock";
    public static final String FORMAT = "format";
    public static final String INDEX = "index";
    public static final String INDEX_NEW = "index.new";
    public static final String HELD = "held";

    /** Batches on their way in; a directory each, named by {@link #number}. */
    public static final String TRANSACTIONS = "tx";
    /** The last batches that are in, so that they can be undone. */
    public static final String HISTORY = "history";
    /** The user's bytes that were in the way. */
    public static final String KEPT = "kept";
    /** Where directories and links are made before they are moved into the tree. */
    public static final String SCRATCH = "scratch";

    public static final String SCRATCH_NAME = "new";

    /** A long batch as it came, until it is applied, so that another agent can go on with it. */
    public static final String INCOMING = "incoming";

    public static final String OFFER = "offer";
    public static final String STREAM = "stream";
    /** The kernels that were attached, so that another agent knows whom to wait for. */
    public static final String KERNELS = "kernels";

    public static final String STAGE = "stage";
    public static final String UNDO = "undo";
    /** The manifest of a long batch while it is being unpacked. */
    public static final String MANIFEST = "manifest";

    public static final String JOURNAL = "journal";
    public static final String COMMITTED = "committed";
    public static final String UNDOING = "undoing";
    public static final String APPLIED = "applied";

    public static final String KEPT_CONTENT = "content";
    public static final String KEPT_ABOUT = "about";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{10}");

    private Layout() {}

    /** The name of a transaction's directory; in the order of their names they were begun. */
    public static String number(long transaction) {
        return String.format(Locale.ROOT, "%010d", transaction);
    }

    /** Whether {@code name} is one of {@link #number}. */
    public static boolean isNumber(String name) {
        return NUMBER.matcher(name).matches();
    }

    /** The name of a slot below {@link #STAGE} or {@link #UNDO}. */
    public static String slot(int slot) {
        return Integer.toString(slot);
    }
}
