package io.github.notesync.protocol;

import static io.github.notesync.protocol.Edits.build;
import static io.github.notesync.protocol.Edits.chunks;
import static io.github.notesync.protocol.Edits.insert;
import static io.github.notesync.protocol.Edits.noise;
import static io.github.notesync.protocol.Edits.recipe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Recipes: small for a small change, and exact for any. */
class RecipeTest {
    @Test
    void aLineInTheMiddleOfABigFileCostsLessThanOnePercent() throws IOException {
        byte[] old = noise(1, 20 << 20);
        byte[] fresh = insert(old, 7_654_321, "one more line\n".getBytes(StandardCharsets.UTF_8));

        Recipe recipe = recipe(old, fresh).orElseThrow();

        assertThat(recipe.freshLength()).isLessThan(fresh.length / 100);
        assertThat(build(recipe, old, fresh)).isEqualTo(fresh);
    }

    @Test
    void unrelatedFilesHaveNoRecipe() {
        assertThat(recipe(noise(1, 1 << 20), noise(2, 1 << 20))).isEmpty();
    }

    @Test
    void aFileOfOneRepeatedByteIsCutAtTheMaximum() {
        assertThat(chunks(new byte[ChunkCutter.MAX * 3]).size()).isBetween(3, 48);
    }

    @Test
    void anOldFileThatIsTooShortIsContentMissing() {
        byte[] old = noise(1, 1 << 20);
        byte[] fresh = insert(old, 500_000, new byte[] {1});
        Recipe recipe = recipe(old, fresh).orElseThrow();

        assertThatThrownBy(() -> build(recipe, Arrays.copyOf(old, 900_000), fresh))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING));
    }
}
