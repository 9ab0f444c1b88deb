package io.github.notesync.protocol;

import java.util.List;

/**
 * How to build a file from pieces of an old one and fresh bytes: what makes a one-line change in a big file cheap.
 *
 * @param from the old file, in the replica as it is before the batch
 * @param fromDigest what {@code from} must hold
 */
public record Recipe(RelativePath from, Digest fromDigest, List<Piece> pieces) {

    /** A run of bytes; never empty. */
    public sealed interface Piece {
        long length();
    }

    /** Bytes of the old file. */
    public record Old(long offset, long length) implements Piece {
        public Old {
            if (offset < 0 || length < 1 || offset > Limits.FILE_MAX || length > Limits.FILE_MAX - offset) {
                throw new IllegalArgumentException("no piece of a file: offset " + offset + ", length " + length);
            }
        }
    }

    /** The next bytes of this entry in the payload. */
    public record Fresh(long length) implements Piece {
        public Fresh {
            if (length < 1 || length > Limits.FILE_MAX) {
                throw new IllegalArgumentException("no piece of a file: length " + length);
            }
        }
    }

    public Recipe {
        pieces = List.copyOf(pieces);
        if (pieces.size() > Limits.RECIPE_ITEMS_MAX) {
            throw new IllegalArgumentException(
                    "a recipe of " + pieces.size() + " items, the limit is " + Limits.RECIPE_ITEMS_MAX);
        }
    }

    /** The size of the file that it builds. */
    public long length() {
        return pieces.stream().mapToLong(Piece::length).sum();
    }

    /** The bytes that the payload carries for it. */
    public long freshLength() {
        return pieces.stream()
                .filter(Fresh.class::isInstance)
                .mapToLong(Piece::length)
                .sum();
    }
}
