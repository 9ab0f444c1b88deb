package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.protocol.JsonObject;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who do not have the key, at the door of a real agent. After each, a kernel is answered within a second. */
class StrangerTest {
    @TempDir
    static Path place;

    private static AgentProcess agent;
    private static Client kernel;

    @BeforeAll
    static void start() throws Exception {
        agent = AgentProcess.start(place.resolve("state"));
        kernel = Client.connect(agent.connection());
        kernel.ask("status", JsonObject.builder());
    }

    @AfterAll
    static void stop() {
        kernel.close();
        agent.close();
    }

    @AfterEach
    void aKernelIsStillAnsweredWithinASecond() throws Exception {
        assertThat(agent.process().isAlive()).isTrue();
        assertThat(kernel.answersPing(1_000)).isTrue();
    }

    private static long refused() throws Exception {
        return kernel.ask("status", JsonObject.builder()).object("refused").integer("messages");
    }

    @Test
    void aWrongKeyIsNotAnswered() throws Exception {
        long before = refused();
        try (Client stranger = Client.open(agent.connection(), new byte[32])) {
            assertThat(stranger.hello(500)).isNull();
        }
        assertThat(refused()).isGreaterThan(before);
    }

    @Test
    void aPeerWithoutASessionIsToldToSayHello() throws Exception {
        try (Client stranger = Client.open(agent.connection(), new byte[32])) {
            JsonObject answer = stranger.ask("stop", JsonObject.builder(), new byte[0], 2_000);
            assertThat(answer.string("type")).isEqualTo("unknown_session");
        }
    }

    @Test
    void aReplayedMessageIsNotAnswered() throws Exception {
        List<byte[]> frames = kernel.frames("ping", JsonObject.builder(), new byte[0]);
        kernel.sendFrames(frames);
        assertThat(kernel.receive(2_000)).isNotNull();
        long before = refused();
        kernel.sendFrames(frames);
        assertThat(kernel.receive(300)).isNull();
        assertThat(refused()).isEqualTo(before + 1);
    }

    @Test
    void aMessageOutOfOrderIsNotAnswered() throws Exception {
        List<byte[]> first = kernel.frames("ping", JsonObject.builder(), new byte[0]);
        List<byte[]> second = kernel.frames("ping", JsonObject.builder(), new byte[0]);
        kernel.sendFrames(second);
        assertThat(kernel.receive(2_000)).isNotNull();
        kernel.sendFrames(first);
        assertThat(kernel.receive(300)).isNull();
    }

    @Test
    void aChangedBodyIsNotAnswered() throws Exception {
        List<byte[]> frames = new ArrayList<>(kernel.frames("ping", JsonObject.builder(), new byte[] {1}));
        frames.set(3, new byte[] {2});
        kernel.sendFrames(frames);
        assertThat(kernel.receive(300)).isNull();
    }

    @Test
    void aReplayedHelloOpensNoSession() throws Exception {
        JsonObject connection = agent.connection();
        try (Client first = Client.connect(connection);
                Client thief = Client.connect(connection)) {
            // The hello of a kernel is good once: its nonce is remembered.
            List<byte[]> ping = first.frames("ping", JsonObject.builder(), new byte[0]);
            thief.sendFrames(ping);
            assertThat(thief.receive(300)).isNull();
        }
    }

    @Test
    void aClaimOfAFrameOf500MegabytesIsRefused() throws Exception {
        try (Socket socket = rawSocket()) {
            OutputStream out = socket.getOutputStream();
            out.write(greeting());
            out.write(readyCommand());
            out.write(ByteBuffer.allocate(9).put((byte) 2).putLong(500L << 20).array());
            out.write(new byte[64 << 10]);
            out.flush();
            assertThat(kernel.answersPing(1_000)).isTrue();
        } catch (java.net.SocketException closedByTheAgent) {
            // As it should.
        }
    }

    @Test
    void garbageIsIgnored() throws Exception {
        Random random = new Random(7);
        for (String text : List.of("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "\0", "\u00ff\u0000\u0000")) {
            try (Socket socket = rawSocket()) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[random.nextInt(4_000)];
            random.nextBytes(bytes);
            try (Socket socket = rawSocket()) {
                socket.getOutputStream().write(bytes);
            } catch (java.net.SocketException closedByTheAgent) {
                // As it should.
            }
        }
    }

    @Test
    void twoThousandIdleConnectionsDoNotHoldUpAKernel() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 2_000; i++) {
                idle.add(rawSocket());
            }
            assertThat(kernel.answersPing(1_000)).isTrue();
            try (Client late = Client.connect(agent.connection())) {
                assertThat(late.answersPing(1_000)).isTrue();
            }
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    private static Socket rawSocket() throws Exception {
        return new Socket(
                InetAddress.getLoopbackAddress(), (int) agent.connection().integer("port"));
    }

    /** ZMTP 3.0, mechanism NULL. */
    private static byte[] greeting() {
        ByteBuffer greeting = ByteBuffer.allocate(64);
        greeting.put((byte) 0xFF)
                .put(new byte[8])
                .put((byte) 0x7F)
                .put((byte) 3)
                .put((byte) 0);
        greeting.put("NULL".getBytes(StandardCharsets.US_ASCII));
        return greeting.array();
    }

    private static byte[] readyCommand() {
        byte[] body = "\5READY\13Socket-Type\0\0\0\6DEALER".getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(body.length + 2)
                .put((byte) 4)
                .put((byte) body.length)
                .put(body)
                .array();
    }
}
