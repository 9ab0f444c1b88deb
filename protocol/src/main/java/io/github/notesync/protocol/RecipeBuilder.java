package io.github.notesync.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Builds a file as its recipe says. Stateless. */
public final class RecipeBuilder {
    private static final int BUFFER = 64 << 10;

    private RecipeBuilder() {}

    /**
     * Writes the file to {@code out}, which stays open. Whether {@code old} holds {@link Recipe#fromDigest} is for the
     * caller to know; what counts is that the digest returned is that of the put.
     *
     * @param fresh the bytes of the payload's entry
     * @return the digest of what was written
     * @throws ProtocolException {@code content_missing} if {@code old} is too short
     * @throws EOFException if {@code fresh} is too short
     */
    public static Digest build(Recipe recipe, SeekableByteChannel old, InputStream fresh, OutputStream out)
            throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[BUFFER];
        for (Recipe.Piece piece : recipe.pieces()) {
            if (piece instanceof Recipe.Old from) {
                old.position(from.offset());
            }
            for (long left = piece.length(); left > 0; ) {
                int wanted = (int) Math.min(left, buffer.length);
                int n = piece instanceof Recipe.Old
                        ? old.read(ByteBuffer.wrap(buffer, 0, wanted))
                        : fresh.read(buffer, 0, wanted);
                if (n <= 0) {
                    throw tooShort(recipe, piece);
                }
                hasher.update(buffer, 0, n);
                out.write(buffer, 0, n);
                left -= n;
            }
        }
        return hasher.digest();
    }

    private static IOException tooShort(Recipe recipe, Recipe.Piece piece) {
        if (piece instanceof Recipe.Old) {
            return new ProtocolException(
                    ErrorCode.CONTENT_MISSING,
                    "file " + recipe.from() + " is shorter than the recipe that reads it",
                    recipe.from().value(),
                    null);
        }
        return new EOFException("the fresh bytes of a recipe end too early");
    }
}
