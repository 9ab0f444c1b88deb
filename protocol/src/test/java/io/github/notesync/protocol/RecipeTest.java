package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Recipes: small for a small change, and exact for any. */
class RecipeTest {
    private static final RelativePath PATH = new RelativePath("big.csv");

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

    private static Optional<Recipe> recipe(byte[] old, byte[] fresh) {
        return RecipeMaker.make(PATH, Digest.of(old), chunks(old), chunks(fresh));
    }

    private static ChunkList chunks(byte[] content) {
        ChunkCutter cutter = new ChunkCutter();
        cutter.update(content, 0, content.length);
        return cutter.finish();
    }

    private static byte[] build(Recipe recipe, byte[] old, byte[] fresh) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        Change.Put put = new Change.Put(
                PATH, fresh.length, Digest.of(fresh), false, Expect.ABSENT, new Source.FromRecipe(recipe));
        FreshBytes.of(put).write(fresh, fresh.length, payload);
        assertThat(payload.size()).isEqualTo((int) recipe.freshLength());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FileSystem disk = Jimfs.newFileSystem(Configuration.unix())) {
            Path file = Files.write(disk.getPath("/old"), old);
            try (SeekableByteChannel channel = Files.newByteChannel(file)) {
                Digest digest =
                        RecipeBuilder.build(recipe, channel, new ByteArrayInputStream(payload.toByteArray()), out);
                assertThat(digest).isEqualTo(Digest.of(out.toByteArray()));
            }
        }
        return out.toByteArray();
    }

    private static byte[] noise(long seed, int size) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static byte[] insert(byte[] into, int at, byte[] what) {
        byte[] out = new byte[into.length + what.length];
        System.arraycopy(into, 0, out, 0, at);
        System.arraycopy(what, 0, out, at, what.length);
        System.arraycopy(into, at, out, at + what.length, into.length - at);
        return out;
    }
}
