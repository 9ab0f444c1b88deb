package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** Makes old and new files, their recipes, and builds them as both sides do. */
final class Edits {
    private static final RelativePath PATH = new RelativePath("big.csv");

    private Edits() {}

    static Optional<Recipe> recipe(byte[] old, byte[] fresh) {
        return RecipeMaker.make(PATH, Digest.of(old), chunks(old), chunks(fresh));
    }

    static ChunkList chunks(byte[] content) {
        ChunkCutter cutter = new ChunkCutter();
        cutter.update(content, 0, content.length);
        return cutter.finish();
    }

    static byte[] build(Recipe recipe, byte[] old, byte[] fresh) throws IOException {
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

    static byte[] noise(long seed, int size) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    static byte[] insert(byte[] into, int at, byte[] what) {
        byte[] out = new byte[into.length + what.length];
        System.arraycopy(into, 0, out, 0, at);
        System.arraycopy(what, 0, out, at, what.length);
        System.arraycopy(into, at, out, at + what.length, into.length - at);
        return out;
    }
}
