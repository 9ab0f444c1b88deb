package io.github.notesync.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Cuts from a file that passes by the bytes which the payload carries: all, or the fresh ones of a recipe. One thread. */
final class FreshBytes {
    private final List<Recipe.Piece> pieces;
    private int next;
    private long left;

    private FreshBytes(List<Recipe.Piece> pieces) {
        this.pieces = pieces;
    }

    static FreshBytes of(Change.Put put) {
        if (put.source() instanceof Source.FromRecipe from) {
            return new FreshBytes(from.recipe().pieces());
        }
        return new FreshBytes(put.size() == 0 ? List.of() : List.of(new Recipe.Fresh(put.size())));
    }

    /** The next {@code length} bytes of the file. */
    void write(byte[] bytes, int length, OutputStream out) throws IOException {
        for (int at = 0; at < length; ) {
            if (left == 0) {
                left = pieces.get(next++).length();
            }
            int n = (int) Math.min(left, length - at);
            if (pieces.get(next - 1) instanceof Recipe.Fresh) {
                out.write(bytes, at, n);
            }
            at += n;
            left -= n;
        }
    }
}
