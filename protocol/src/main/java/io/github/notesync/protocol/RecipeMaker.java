package io.github.notesync.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what a new file shares with an old one. Pure. */
public final class RecipeMaker {
    private RecipeMaker() {}

    /**
     * The recipe that builds the file of {@code fresh} from that of {@code old}; empty when it would save less than a
     * tenth, or be too long to be sent.
     *
     * @param from where the replica has the old file
     * @param fromDigest its digest
     */
    public static Optional<Recipe> make(RelativePath from, Digest fromDigest, ChunkList old, ChunkList fresh) {
        Map<ChunkList.Hash, Integer> known = new HashMap<>();
        long[] offsets = new long[old.size()];
        long offset = 0;
        for (int i = 0; i < old.size(); i++) {
            known.putIfAbsent(old.hash(i), i);
            offsets[i] = offset;
            offset += old.length(i);
        }
        List<Recipe.Piece> pieces = new ArrayList<>();
        int expected = 0;
        for (int i = 0; i < fresh.size(); i++) {
            ChunkList.Hash hash = fresh.hash(i);
            // Repeated content: the chunk that follows the last one makes the longer piece.
            boolean follows = expected < old.size() && old.hash(expected).equals(hash);
            Integer found = follows ? Integer.valueOf(expected) : known.get(hash);
            if (found == null) {
                append(pieces, new Recipe.Fresh(hash.length()));
            } else {
                append(pieces, new Recipe.Old(offsets[found], hash.length()));
                expected = found + 1;
            }
        }
        if (pieces.size() > Limits.RECIPE_ITEMS_MAX) {
            return Optional.empty();
        }
        Recipe recipe = new Recipe(from, fromDigest, pieces);
        boolean saves = recipe.freshLength() < fresh.bytes() / 10 * 9;
        return saves ? Optional.of(recipe) : Optional.empty();
    }

    /** Joins {@code piece} with the last one where they touch. */
    private static void append(List<Recipe.Piece> pieces, Recipe.Piece piece) {
        int last = pieces.size() - 1;
        if (last >= 0 && pieces.get(last) instanceof Recipe.Fresh before && piece instanceof Recipe.Fresh) {
            pieces.set(last, new Recipe.Fresh(before.length() + piece.length()));
        } else if (last >= 0
                && pieces.get(last) instanceof Recipe.Old before
                && piece instanceof Recipe.Old old
                && before.offset() + before.length() == old.offset()) {
            pieces.set(last, new Recipe.Old(before.offset(), before.length() + old.length()));
        } else {
            pieces.add(piece);
        }
    }
}
