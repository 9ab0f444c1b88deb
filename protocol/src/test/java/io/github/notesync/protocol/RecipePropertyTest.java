package io.github.notesync.protocol;

import static io.github.notesync.protocol.Edits.build;
import static io.github.notesync.protocol.Edits.chunks;
import static io.github.notesync.protocol.Edits.insert;
import static io.github.notesync.protocol.Edits.noise;
import static io.github.notesync.protocol.Edits.recipe;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever was edited, and however the file is read, the file that is built is the new one. */
class RecipePropertyTest {

    @Property(tries = 60)
    void anyEditIsRebuiltExactly(
            @ForAll long seed, @ForAll @IntRange(max = 400_000) int size, @ForAll @IntRange(max = 5) int edits)
            throws IOException {
        Random random = new Random(seed);
        byte[] old = noise(seed, size);
        byte[] fresh = old;
        for (int i = 0; i < edits; i++) {
            fresh = insert(fresh, random.nextInt(fresh.length + 1), noise(random.nextLong(), random.nextInt(3000)));
            fresh = Arrays.copyOf(fresh, fresh.length - random.nextInt(1 + fresh.length / 10));
        }

        Optional<Recipe> recipe = recipe(old, fresh);

        if (recipe.isPresent()) {
            assertThat(build(recipe.get(), old, fresh)).isEqualTo(fresh);
        }
    }

    @Property(tries = 30)
    void theChunksDoNotDependOnHowTheFileWasRead(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9999) int step) {
        byte[] content = noise(seed, 200_000);
        ChunkCutter cutter = new ChunkCutter();
        for (int at = 0; at < content.length; at += step) {
            cutter.update(content, at, Math.min(step, content.length - at));
        }

        ChunkList stepwise = cutter.finish();

        assertThat(stepwise).isEqualTo(chunks(content));
        assertThat(stepwise.bytes()).isEqualTo(content.length);
        assertThat(ChunkList.decode(stepwise.encode())).isEqualTo(stepwise);
    }
}
