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

    private static final int WHOLE = 2;
    private static final int MORE = 3;
    private static final int COMMAND = 6;

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
        assertThat(refused()).isGreaterThan(before);
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
        byte[] key = java.util.HexFormat.of().parseHex(agent.connection().string("key"));
        try (Client first = Client.open(agent.connection(), key);
                Client thief = Client.open(agent.connection(), key)) {
            List<byte[]> hello = first.helloFrames();
            first.sendFrames(hello);
            assertThat(first.receive(5_000).string("type")).isEqualTo("reply");
            // The hello of a kernel is good once: its nonce is remembered.
            thief.sendFrames(hello);
            assertThat(thief.receive(300)).isNull();
        }
    }

    @Test
    void aMessageOfAnotherSessionIsNotAnswered() throws Exception {
        try (Client first = Client.connect(agent.connection());
                Client thief = Client.connect(agent.connection())) {
            thief.sendFrames(first.frames("ping", JsonObject.builder(), new byte[0]));
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

    /** Each frame is as large as it may be: room for all of them is more than the agent has. */
    @Test
    void claimsOfAllowedFramesTakeTheMemoryOfNobody() throws Exception {
        for (int flags : new int[] {WHOLE, MORE, COMMAND}) {
            withStrangers(40, socket -> {
                socket.getOutputStream().write(readyCommand());
                socket.getOutputStream().write(claim(flags));
            });
        }
        withStrangers(40, socket -> socket.getOutputStream().write(claim(COMMAND)));
    }

    @Test
    void aMessageWithoutEndTakesTheMemoryOfNobody() throws Exception {
        byte[] parts = new byte[300_000];
        for (int i = 0; i < parts.length; i += 3) {
            parts[i] = 1;
            parts[i + 1] = 1;
        }
        withStrangers(3, socket -> {
            socket.getOutputStream().write(readyCommand());
            for (int i = 0; i < 20; i++) {
                socket.getOutputStream().write(parts);
            }
        });
        withStrangers(3, socket -> {
            socket.getOutputStream().write(readyCommand());
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(claim(MORE));
                socket.getOutputStream().write(new byte[8 << 20]);
            }
        });
    }

    private interface Attack {
        void on(Socket socket) throws java.io.IOException;
    }

    private static void withStrangers(int count, Attack attack) throws Exception {
        List<Socket> all = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Socket socket = rawSocket();
                all.add(socket);
                try {
                    socket.getOutputStream().write(greeting());
                    attack.on(socket);
                } catch (java.net.SocketException closedByTheAgent) {
                    // As it should.
                }
            }
            assertThat(kernel.answersPing(1_000)).isTrue();
            try (Client late = Client.connect(agent.connection())) {
                assertThat(late.answersPing(1_000)).isTrue();
            }
        } finally {
            for (Socket socket : all) {
                socket.close();
            }
        }
    }

    private static byte[] claim(int flags) {
        return ByteBuffer.allocate(9).put((byte) flags).putLong(8L << 20).array();
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
