package io.github.notesync.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What the replica should have at a path before a batch. What is there and differs is the user's.
 *
 * @param digest of a file's content or a link's target; null for the other kinds
 */
public record Expect(Kind kind, @Nullable Digest digest) {
    public enum Kind {
        ABSENT,
        DIRECTORY,
        FILE,
        LINK
    }

    public static final Expect ABSENT = new Expect(Kind.ABSENT, null);
    public static final Expect DIRECTORY = new Expect(Kind.DIRECTORY, null);

    public Expect {
        if ((digest != null) != (kind == Kind.FILE || kind == Kind.LINK)) {
            throw new IllegalArgumentException("a digest is expected of files and links, and only of them: " + kind);
        }
    }

    public static Expect file(Digest digest) {
        return new Expect(Kind.FILE, digest);
    }

    public static Expect link(Digest digest) {
        return new Expect(Kind.LINK, digest);
    }

    /** What is expected where {@code entry} was. */
    public static Expect of(Entry entry) {
        if (entry instanceof Entry.File file) {
            return file(file.digest());
        }
        return entry instanceof Entry.Symlink link ? link(link.digest()) : DIRECTORY;
    }

    /** Reads {@code absent}, {@code directory}, {@code file:<digest>} or {@code link:<digest>}. */
    public static Expect parse(String text) throws ProtocolException {
        if (text.equals("absent")) {
            return ABSENT;
        }
        if (text.equals("directory")) {
            return DIRECTORY;
        }
        if (text.startsWith("file:")) {
            return file(Digest.parse(text.substring(5)));
        }
        if (text.startsWith("link:")) {
            return link(Digest.parse(text.substring(5)));
        }
        throw ProtocolException.badRequest("expectation " + Quoted.of(text) + " is unknown");
    }

    /** The text of {@link #parse}. */
    @Override
    public String toString() {
        return switch (kind) {
            case ABSENT -> "absent";
            case DIRECTORY -> "directory";
            case FILE -> "file:" + digest;
            case LINK -> "link:" + digest;
        };
    }
}
