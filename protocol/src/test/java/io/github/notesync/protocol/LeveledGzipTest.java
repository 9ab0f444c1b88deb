package io.github.notesync.protocol;

import static io.github.notesync.protocol.Edits.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One plain gzip member comes out, whatever goes in, however it is cut and whoever compresses it. */
@Timeout(120)
class LeveledGzipTest {
    private static final int BLOCK = GzipBlock.BYTES;
    /** What is looked at of a file. */
    private static final int HEAD = 64 << 10;

    private static final long SMALL = 0;
    private static final long LARGE = 1L << 30;

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 1, 50 * BLOCK, 7_000_001})
    void everyReaderReadsWhatWasWritten(int size) throws IOException {
        for (byte[] content : List.of(text(size), noise(size, size))) {
            for (long expected : new long[] {SMALL, LARGE}) {
                byte[] member = compressed(expected, List.of(content), Integer.MAX_VALUE);

                assertThat(new GzipMember(new ByteArrayInputStream(member)).readAllBytes())
                        .isEqualTo(content);
                assertThat(new GZIPInputStream(new ByteArrayInputStream(member)).readAllBytes())
                        .isEqualTo(content);
            }
        }
    }

    @Property(tries = 60)
    void theBytesDependOnTheFilesAlone(
            @ForAll @Size(max = 30) List<@IntRange(max = 200_000) Integer> sizes,
            @ForAll @IntRange(min = 100, max = 100_000) int piece,
            @ForAll boolean large)
            throws IOException {
        List<byte[]> files = sizes.stream()
                .map(size -> size % 2 == 0 ? text(size) : noise(size, size))
                .toList();
        long expected = large ? LARGE : SMALL;

        byte[] member = compressed(expected, files, piece);

        assertThat(new GzipMember(new ByteArrayInputStream(member)).readAllBytes())
                .isEqualTo(joined(files));
        assertThat(compressed(expected, files, Integer.MAX_VALUE)).isEqualTo(member);
    }

    @Test
    void aBlockMayReferToTheOneBefore() throws IOException {
        String once = HexFormat.of().formatHex(noise(1, 10_000));
        byte[] content = once.repeat(40).getBytes(StandardCharsets.UTF_8);
        assertThat(content.length).isGreaterThan(5 * BLOCK);

        assertThat(compressed(LARGE, List.of(content), BLOCK).length).isBetween(10_000, 20_000);
    }

    @Test
    void aFileThatBeginsAsCompressedPassesWholeAndItsNeighboursDoNot() throws IOException {
        byte[] text = text(20_000);
        byte[] packed = joined(List.of(noise(1, HEAD), text(20_000)));

        int texts = compressed(LARGE, List.of(text, text), BLOCK).length;

        assertThat(texts).isLessThan(15_000);
        assertThat(compressed(LARGE, List.of(text, packed, text), BLOCK).length)
                .isBetween(packed.length, packed.length + 2 * texts);
    }

    @Test
    void aSmallMemberIsCompressedByWhoWritesIt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LeveledGzip gzip = new LeveledGzip(out, SMALL);

        gzip.write(noise(1, BLOCK), 0, BLOCK);

        assertThat(out.size()).isGreaterThan(BLOCK);
    }

    @Test
    void aLargeMemberIsWrittenWhileItIsMadeThoughNoOtherThreadIsFree() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
            ForkJoinPool.commonPool().submit(() -> {
                end.await();
                return null;
            });
        }
        byte[] content = noise(1, 12 * BLOCK);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            LeveledGzip gzip = new LeveledGzip(out, LARGE);
            gzip.write(content, 0, content.length);
            assertThat(out.size()).isGreaterThan(3 * BLOCK);
            gzip.finish();
        } finally {
            end.countDown();
        }
        assertThat(new GzipMember(new ByteArrayInputStream(out.toByteArray())).readAllBytes())
                .isEqualTo(content);
    }

    @Test
    void aRefusalOfTheStreamBelowReachesTheWriter() throws IOException {
        OutputStream full = new OutputStream() {
            private int room = 5 * BLOCK;

            @Override
            public void write(int b) throws IOException {
                write(new byte[1], 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                room -= length;
                if (room < 0) {
                    throw new IOException("no space left on device");
                }
            }
        };
        LeveledGzip gzip = new LeveledGzip(full, LARGE);

        assertThatThrownBy(() -> gzip.write(noise(1, 40 * BLOCK), 0, 40 * BLOCK))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left on device");
    }

    @Test
    void nothingStaysOfABatchWhoseContentFails() throws Exception {
        WeakReference<BatchWriter> writer = new WeakReference<>(failedHalfWay());

        assertThat(ForkJoinPool.commonPool().awaitQuiescence(60, TimeUnit.SECONDS))
                .isTrue();
        while (writer.get() != null) {
            System.gc();
        }
    }

    private static BatchWriter failedHalfWay() throws IOException {
        byte[] first = text(20 * BLOCK);
        byte[] second = noise(1, 30 * BLOCK);
        Manifest manifest = Batches.manifest(List.of(Batches.put("a.py", first), Batches.put("b.png", second)));
        BatchWriter writer = BatchWriter.begin(Id.random(), manifest, Encoding.GZIP, OutputStream.nullOutputStream());
        assertThatThrownBy(() -> writer.finish(put -> {
                    if (put.path().value().equals("b.png")) {
                        throw new IOException("b.png cannot be read");
                    }
                    return new ByteArrayInputStream(first);
                }))
                .hasMessage("b.png cannot be read");
        return writer;
    }

    /** Writes as the payload's writer does: each file at the effort that fits it, what is between them at the plain one. */
    private static byte[] compressed(long expected, List<byte[]> files, int piece) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LeveledGzip gzip = new LeveledGzip(out, expected);
        for (byte[] file : files) {
            gzip.adaptTo(file, Math.min(file.length, HEAD));
            for (int at = 0; at < file.length; at += Math.min(piece, file.length - at)) {
                gzip.write(file, at, Math.min(piece, file.length - at));
            }
            gzip.plainEffort();
        }
        gzip.finish();
        return out.toByteArray();
    }

    private static byte[] joined(List<byte[]> files) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        files.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] text(int size) {
        StringBuilder text = new StringBuilder(size + 40);
        for (int i = 0; text.length() < size; i++) {
            text.append("def f")
                    .append(i * 7919 % 10_007)
                    .append("(): return ")
                    .append(i)
                    .append('\n');
        }
        return Arrays.copyOf(text.toString().getBytes(StandardCharsets.UTF_8), size);
    }
}
