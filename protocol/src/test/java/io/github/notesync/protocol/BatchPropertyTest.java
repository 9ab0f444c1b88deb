package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the writer writes, the reader reads: the same bytes under the same paths, at the announced sizes. */
class BatchPropertyTest {

    @Property(tries = 200)
    void everyBatchComesBackByteForByte(@ForAll("trees") Map<String, byte[]> files, @ForAll Encoding encoding)
            throws Exception {
        Batches.Written batch = Batches.write(Batches.manifestOf(files), encoding, files);

        BatchDescriptor descriptor = batch.descriptor();
        if (encoding == Encoding.IDENTITY) {
            assertThat(batch.stream()).hasSize((int) (descriptor.manifestSize() + descriptor.payloadSize()));
        }
        Map<String, byte[]> read = Batches.read(batch);
        assertThat(read).containsOnlyKeys(files.keySet());
        read.forEach((path, content) -> assertThat(content).isEqualTo(files.get(path)));
        assertThat(BatchDescriptor.fromJson(descriptor.toJson())).isEqualTo(descriptor);
    }

    @Provide
    Arbitrary<Map<String, byte[]>> trees() {
        // Every name ends in its own number, so that no file is also a directory and no two differ by case.
        Arbitrary<String> name = Combinators.combine(
                        Arbitraries.strings()
                                .withChars("abcé日_- ")
                                .ofMaxLength(60)
                                .list()
                                .ofMaxSize(6),
                        Arbitraries.integers().between(0, 1_000_000))
                .as((components, number) -> {
                    StringBuilder path = new StringBuilder();
                    components.forEach(
                            component -> path.append("d").append(component).append("_/"));
                    return path.append("f").append(number).append(".py").toString();
                })
                .filter(path -> RelativePath.refusal(path).isEmpty());
        Arbitrary<byte[]> content = Arbitraries.bytes().array(byte[].class).ofMaxSize(3000);
        return Arbitraries.maps(name, content).ofMaxSize(12);
    }
}
