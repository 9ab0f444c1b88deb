package io.github.notesync.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sockets of pages: what they answer, and what anybody else can try on them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SocketTest {
    private static final String EVIL = "https://evil.example";
    private static final String HUB = "https://hub.example.org";
    private static final String OTHER_HUB = "https://other.example.org";

    private RunningServer server;
    private String token;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        server = new RunningServer(temporary);
        token = server.pair(HUB);
        server.pair(OTHER_HUB);
        server.pair(null);
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    private Http upgrade() {
        return server.http()
                .header("Connection", "Upgrade, close")
                .header("Upgrade", "websocket")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    }

    private static String question(String tree, long wait) {
        JsonObject next = JsonObject.builder()
                .put("tree", tree)
                .put("wait_ms", wait)
                .put("inline", 262144)
                .put("fresh", true)
                .build();
        JsonObject question = JsonObject.builder()
                .put("id", 7)
                .put("replica", RunningServer.REPLICA.hex())
                .put("next", next)
                .build();
        return new String(ProtocolJson.bytes(question), StandardCharsets.UTF_8);
    }

    private static String hello(String token) {
        return "{\"token\": \"" + token + "\"}";
    }

    @Test
    void aPageWithItsTokenIsAnsweredAsByNext() throws Exception {
        try (PageClient page = new PageClient(server.port, HUB)) {
            page.say(hello(token));
            page.say(question(TreeDigest.EMPTY.hex(), 0));
            ByteBuffer answer = page.hears();
            assertThat(answer.getInt()).isEqualTo(7);
            assertThat(answer.getShort()).isEqualTo((short) 200);
            byte[] head = new byte[answer.getInt()];
            answer.get(head);
            assertThat(ProtocolJson.parse(head).string("state")).isEqualTo("batch");
            assertThat(answer.remaining()).isPositive();
            page.say(question(server.served.source.history().tree().hex(), 0));
            assertThat(page.hears().getShort(4)).isEqualTo((short) 200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", EVIL, "null", HUB + ".evil.example", "kernel", "http://127.0.0.1"})
    void whoIsNotPairedOpensNone(String origin) throws IOException {
        Http.Answer answer = upgrade().header("Origin", origin).get(Sockets.PATH);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).doesNotContain("secret");
    }

    @Test
    void withoutAnOriginOrWithTwoThereIsNone() throws IOException {
        assertThat(upgrade().get(Sockets.PATH).status()).isEqualTo(403);
        assertThat(upgrade()
                        .header("Origin", HUB + "\r\nOrigin: " + OTHER_HUB)
                        .get(Sockets.PATH)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aForeignHostIsRefusedFirst() throws IOException {
        assertThat(upgrade()
                        .header("Host", "evil.example")
                        .header("Origin", HUB)
                        .get(Sockets.PATH)
                        .code())
                .isEqualTo("host_refused");
    }

    @Test
    void theAddressHasNothingElse() throws IOException {
        assertThat(server.http()
                        .token(token)
                        .header("Origin", HUB)
                        .get(Sockets.PATH)
                        .status())
                .isEqualTo(404);
        assertThat(upgrade()
                        .header("Sec-Fetch-Mode", "navigate")
                        .header("Origin", HUB)
                        .get(Sockets.PATH)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aTokenIsGoodForThePageThatPairedOnly() throws Exception {
        for (String guess : List.of("", "0".repeat(64), token)) {
            try (PageClient page = new PageClient(server.port, OTHER_HUB)) {
                page.say(hello(guess));
                assertThat(page.closedWith()).as(guess).isEqualTo(1008);
                assertThat(page.heard()).isZero();
            }
        }
    }

    @Test
    void nothingIsAnsweredBeforeTheToken() throws Exception {
        try (PageClient page = new PageClient(server.port, HUB)) {
            page.say(question(TreeDigest.EMPTY.hex(), 0));
            assertThat(page.closedWith()).isEqualTo(1007);
            assertThat(page.heard()).isZero();
        }
    }

    @Test
    void whoNeverSaysATokenIsSentAway() throws Exception {
        try (PageClient page = new PageClient(server.port, HUB)) {
            assertThat(page.closedWith()).isPositive();
            assertThat(page.heard()).isZero();
        }
    }

    @Test
    void aPairingThatIsTakenBackClosesItsSocketsAtOnce() throws Exception {
        String third = "https://third.example.org";
        String short1 = server.pair(third);
        try (PageClient page = new PageClient(server.port, third);
                PageClient another = new PageClient(server.port, HUB)) {
            page.say(hello(short1));
            page.say(question(TreeDigest.EMPTY.hex(), 0));
            page.hears();
            another.say(hello(token));
            another.say(question(TreeDigest.EMPTY.hex(), 0));
            another.hears();
            Id pairing = server.tokens.use(short1, third).orElseThrow().pairing();
            assertThat(server.tokens.revoke(pairing)).isTrue();
            assertThat(page.closedWith()).isEqualTo(1008);
            another.say(question(TreeDigest.EMPTY.hex(), 0));
            another.hears();
        }
    }

    @Test
    void whatIsNotOfTheProtocolEndsIt() throws Exception {
        String[] messages = {"no json", "{}", question(TreeDigest.EMPTY.hex(), 60_000), "x".repeat(9 << 10)};
        int[] codes = {1007, 1007, 1007, 1009};
        for (int i = 0; i < messages.length; i++) {
            try (PageClient page = new PageClient(server.port, HUB)) {
                page.say(hello(token));
                page.say(messages[i]);
                assertThat(page.closedWith()).as(messages[i]).isEqualTo(codes[i]);
                assertThat(page.heard()).isZero();
            }
        }
        try (PageClient page = new PageClient(server.port, HUB)) {
            page.say(hello(token));
            page.say(ByteBuffer.allocate(10));
            assertThat(page.closedWith()).isEqualTo(1003);
        }
    }

    @Test
    void thereAreOnlySoMany() throws Exception {
        List<PageClient> pages = new ArrayList<>();
        try {
            int status = 101;
            while (status == 101 && pages.size() < 100) {
                PageClient page = new PageClient(server.port, HUB);
                pages.add(page);
                status = page.status();
            }
            assertThat(status).isEqualTo(503);
            assertThat(server.http().get("/v1/hello").status()).isEqualTo(200);
        } finally {
            for (PageClient each : pages) {
                each.close();
            }
        }
    }
}
