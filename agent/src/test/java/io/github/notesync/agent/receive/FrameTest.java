package io.github.notesync.agent.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.FrameSigner;
import io.github.notesync.protocol.FrameSigner.Direction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a message, and whose; the fuzz target's seeds for {@code mvn -Pfuzz}. */
class FrameTest {
    private static final Path SEEDS = Path.of("target", "fuzz", "frame");
    private static final byte[] SESSION = new byte[FrameSigner.SESSION_BYTES];
    private static final FrameSigner SIGNER = new FrameSigner(new byte[FrameSigner.KEY_BYTES]);

    private static List<byte[]> parts(String header, byte[] body) {
        byte[] head = header.getBytes(StandardCharsets.UTF_8);
        return new ArrayList<>(
                List.of(new byte[] {1}, Frame.TAG, SIGNER.sign(Direction.KERNEL, SESSION, 3, head, body), head, body));
    }

    @Test
    void aSignedMessageIsTakenAsItIs() {
        Frame frame = Frame.of(parts("{\"type\": \"ping\", \"id\": 1, \"number\": 3}", new byte[] {7}));
        assertThat(frame.type()).isEqualTo("ping");
        assertThat(frame.number()).isEqualTo(3);
        assertThat(frame.body()).containsExactly(7);
        assertThat(frame.isSigned(SIGNER, SESSION)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"type\": \"ping\"}",
                "{\"number\": 3}",
                "{\"type\": 1, \"number\": 3}",
                "{\"type\": \"ping\", \"number\": \"3\"}",
                "{\"type\": \"ping\", \"number\": -1}",
                "{\"type\": \"ping\", \"number\": 3, \"number\": 4}",
            })
    void aHeaderThatIsNoneMakesNoMessage(String header) {
        assertThat(Frame.of(parts(header, new byte[0]))).isNull();
    }

    @Test
    void aMessageOfFewerOrMorePartsOrAnotherTagIsNone() {
        List<byte[]> parts = parts("{\"type\": \"ping\", \"number\": 3}", new byte[0]);
        assertThat(Frame.of(parts.subList(0, 4))).isNull();
        List<byte[]> more = new ArrayList<>(parts);
        more.add(new byte[0]);
        assertThat(Frame.of(more)).isNull();
        parts.set(1, "notesync/2".getBytes(StandardCharsets.US_ASCII));
        assertThat(Frame.of(parts)).isNull();
    }

    /** One bit of anything that is signed, and it is a stranger's. */
    @Property(tries = 300)
    void aMessageThatWasTouchedIsNotSigned(@ForAll byte[] body, @ForAll int where) {
        List<byte[]> parts = parts("{\"type\": \"chunk\", \"id\": 1, \"number\": 3}", body);
        int which = 2 + Math.floorMod(where, 3);
        byte[] touched = parts.get(which).clone();
        if (touched.length == 0) {
            touched = new byte[] {1};
        } else {
            touched[Math.floorMod(where / 3, touched.length)] ^= (byte) (1 << Math.floorMod(where, 8));
        }
        parts.set(which, touched);
        Frame frame = Frame.of(parts);
        assertThat(frame == null || !frame.isSigned(SIGNER, SESSION)).isTrue();
    }

    @Test
    void theFuzzTargetTakesMessages() throws IOException {
        Files.createDirectories(SEEDS);
        int id = 0;
        for (String header : List.of(
                "{\"type\": \"hello\", \"nonce\": \"00\", \"number\": 1, \"pid\": 1}",
                "{\"type\": \"ping\", \"id\": 1, \"number\": 3}",
                "{")) {
            ByteArrayOutputStream seed = new ByteArrayOutputStream();
            byte[] head = Arrays.copyOf(header.getBytes(StandardCharsets.UTF_8), (header.length() + 15) / 16 * 16);
            Arrays.fill(head, header.length(), head.length, (byte) ' ');
            seed.write(32);
            seed.write(head.length >> 4);
            seed.writeBytes(new byte[32]);
            seed.writeBytes(head);
            FuzzFrame.fuzzerTestOneInput(seed.toByteArray());
            Files.write(SEEDS.resolve("seed-" + id++), seed.toByteArray());
        }
    }
}
