package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the writer writes, the reader reads: the same bytes under the same paths, at the announced sizes. */
class BatchRoundTripTest {

    @Test
    void compressedFilesBetweenTextsDoNotDisturbTheStream() throws Exception {
        byte[] noise = new byte[300_000];
        new Random(7).nextBytes(noise);
        byte[] text = "def f(): return 1\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> files = Map.of("a.py", text, "b.png", noise, "c.py", text, "d.gz", noise);

        Batches.Written batch = Batches.write(Batches.manifestOf(files), Encoding.GZIP, files);

        assertThat(batch.stream().length).isLessThan(2 * noise.length + 20_000);
        Batches.read(batch).forEach((path, content) -> assertThat(content).isEqualTo(files.get(path)));
    }

    @Test
    void aRecipeSendsOnlyItsFreshBytes() throws Exception {
        byte[] content = "0123456789abcdefghij".getBytes(StandardCharsets.UTF_8);
        RelativePath path = new RelativePath("big.csv");
        Recipe recipe = new Recipe(
                path,
                Digest.of("old"),
                List.of(new Recipe.Old(0, 8), new Recipe.Fresh(4), new Recipe.Old(9, 5), new Recipe.Fresh(3)));
        Change.Put put = new Change.Put(
                path, 20, Digest.of(content), false, Expect.file(Digest.of("old")), new Source.FromRecipe(recipe));

        Batches.Written batch =
                Batches.write(Batches.manifest(List.of(put)), Encoding.IDENTITY, Map.of("big.csv", content));

        assertThat(Batches.read(batch).get("big.csv")).asString().isEqualTo("89abhij");
    }

    @Test
    void aFileThatWasSavedAgainEndsThePacking() {
        Manifest announced = Batches.manifestOf(Map.of("a.py", new byte[] {1, 2, 3}));

        for (byte[] now : List.of(new byte[] {1, 2}, new byte[] {1, 2, 4}, new byte[] {1, 2, 3, 4})) {
            assertThatThrownBy(() -> Batches.write(announced, Encoding.GZIP, Map.of("a.py", now)))
                    .isInstanceOf(ContentChangedException.class)
                    .hasMessageContaining("a.py");
        }
    }

    @Test
    void allKindsOfChangeComeBackInTheOrderOfTheContract() throws Exception {
        RelativePath run = new RelativePath("run.sh");
        List<Change> changes = List.of(
                new Change.Delete(new RelativePath("old"), Expect.DIRECTORY),
                new Change.Delete(new RelativePath("old/a.py"), Expect.file(Digest.of("a"))),
                new Change.Chmod(run, true, Digest.of("r")),
                new Change.Symlink(new RelativePath("link"), "run.sh", Expect.ABSENT),
                new Change.Put(
                        new RelativePath("new/b.py"),
                        1,
                        Digest.of("b"),
                        true,
                        Expect.ABSENT,
                        new Source.Copy(new RelativePath("old/b.py"))),
                new Change.Mkdir(new RelativePath("new"), Expect.ABSENT));
        Manifest manifest = Batches.manifest(changes);
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        manifest.writeTo(json);

        assertThat(Manifest.parse(json.toByteArray())).isEqualTo(manifest);
        assertThat(manifest.changes().stream().map(change -> change.path().value()))
                .containsExactly("new", "link", "new/b.py", "run.sh", "old/a.py", "old");
    }
}
