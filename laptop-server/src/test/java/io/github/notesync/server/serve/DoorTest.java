package io.github.notesync.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.net.Socket;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page that the user opens, or another program, can try on a server at 127.0.0.1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoorTest {
    private static final String EVIL = "https://evil.example";
    private static final String HUB = "https://hub.example.org";

    private RunningServer server;
    private String token;
    private String pageToken;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        server = new RunningServer(temporary);
        token = server.pair(null);
        pageToken = server.pair(HUB);
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    private void tellsNothing(Http.Answer answer) {
        assertThat(answer.text() + answer.headers()).doesNotContain("secret", "project/", "\"name\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8765",
                "127.0.0.1.evil.example",
                "localhost.evil.example:80",
                "evil.example#127.0.0.1",
                "0.0.0.0",
                "192.168.0.1",
                "[::2]"
            })
    void aForeignHostIsRefusedBeforeAnythingElse(String host) throws IOException {
        for (String path : List.of("/v1/hello", "/", "/bridge", "/v1/project", "/nowhere")) {
            Http.Answer answer = server.http().header("Host", host).token(token).get(path);
            assertThat(answer.status()).as(path).isIn(400, 403);
            tellsNothing(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1:9999", "[::1]:8765", "tunnel.example:443"})
    void ourOwnNamesAreServedWhateverThePort(String host) throws IOException {
        assertThat(server.http().header("Host", host).get("/v1/hello").status()).isEqualTo(200);
    }

    @Test
    void anAbsoluteAddressCannotGoAroundTheHost() throws IOException {
        byte[] head = ("GET http://evil.example/v1/hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(server.http().raw(head, new byte[0]).status()).isIn(400, 403);
        byte[] two = "GET /v1/hello HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(server.http().raw(two, new byte[0]).status()).isIn(400, 403);
    }

    @Test
    void aChunkedRequestIsRefused() throws IOException {
        byte[] head = ("POST /v1/pairings HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                        + "Content-Type: application/json\r\nConnection: close\r\n\r\n0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(server.http().raw(head, new byte[0]).status()).isEqualTo(411);
    }

    @Test
    void aBodyOfOneGigabyteIsRefusedUnread() throws IOException {
        for (String path : List.of("/v1/pairings", "/v1/replicas/" + RunningServer.REPLICA + "/manifest")) {
            Http.Answer answer = server.http()
                    .token(token)
                    .header("Content-Type", "application/json")
                    .header("Content-Length", "1000000000")
                    .send("POST", path, new byte[100]);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("too_large");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""})
    void whatAFormCanSendIsRefused(String type) throws IOException {
        Http http = server.http().header("Origin", "null").header("Sec-Fetch-Site", "cross-site");
        Http.Answer answer =
                http.header("Content-Type", type).send("POST", "/v1/pairings", "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({"GET,/v1/hello", "GET,/v1/project", "POST,/", "POST,/v1/pairings", "GET,/dashboard.js"})
    void navigationLeadsOnlyToPages(String method, String path) throws IOException {
        Http.Answer answer = server.http()
                .header("Sec-Fetch-Mode", "navigate")
                .header("Content-Type", "application/json")
                .send(method, path, new byte[0]);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("navigation_refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/bridge", "/pair"})
    void pagesCannotBeFramedAndHoldNothing(String path) throws IOException {
        Http.Answer page = server.http().header("Sec-Fetch-Mode", "navigate").get(path);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.headers().get("content-security-policy"))
                .contains("frame-ancestors 'none'", "script-src 'self'", "default-src 'none'");
        assertThat(page.headers().get("x-frame-options")).isEqualTo("DENY");
        assertThat(page.headers().get("referrer-policy")).isEqualTo("no-referrer");
        assertThat(page.headers().containsKey("cross-origin-opener-policy")).isEqualTo(!path.equals("/bridge"));
        assertThat(page.text()).doesNotContain(RunningServer.KEY, "secret.py");
        for (String frame : List.of("iframe", "frame", "object", "embed")) {
            assertThat(server.http().header("Sec-Fetch-Dest", frame).get(path).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void everyAnswerIsForNobodyElse() throws IOException {
        for (String path : List.of("/v1/hello", "/v1/project", "/nowhere", "/", "/notesync.css")) {
            Http.Answer answer = server.http().get(path);
            assertThat(answer.headers().get("cache-control")).as(path).isEqualTo("no-store");
            assertThat(answer.headers().get("x-content-type-options")).isEqualTo("nosniff");
            assertThat(answer.headers().get("cross-origin-resource-policy")).isEqualTo("same-origin");
            assertThat(answer.headers()).doesNotContainKeys("server", "set-cookie");
        }
    }

    @Test
    void anOriginIsEchoedWhereItMayReadAndNeverAStar() throws IOException {
        assertThat(server.http().header("Origin", EVIL).get("/v1/hello").headers())
                .containsEntry("access-control-allow-origin", EVIL);
        for (String path : List.of("/v1/project", "/v1/dashboard", "/nowhere", "/")) {
            assertThat(server.http()
                            .header("Origin", EVIL)
                            .token(token)
                            .get(path)
                            .headers())
                    .as(path)
                    .doesNotContainKey("access-control-allow-origin");
        }
        assertThat(server.http()
                        .header("Origin", HUB)
                        .token(pageToken)
                        .get("/v1/project")
                        .headers())
                .containsEntry("access-control-allow-origin", HUB);
    }

    @Test
    void aPreflightIsAnsweredForAnyOriginAndAllowsNoMoreThanTheContract() throws IOException {
        Http.Answer answer = server.http()
                .header("Origin", EVIL)
                .header("Access-Control-Request-Private-Network", "true")
                .send("OPTIONS", "/v1/project", new byte[0]);
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.headers())
                .containsEntry("access-control-allow-origin", EVIL)
                .containsEntry("access-control-allow-headers", "authorization, content-type")
                .containsEntry("access-control-allow-private-network", "true")
                .doesNotContainKey("access-control-allow-credentials");
    }

    @Test
    void aTokenWorksOnlyFromWhereItWasPaired() throws IOException {
        assertThat(server.http().token(token).get("/v1/project").status()).isEqualTo(200);
        assertThat(server.http()
                        .header("Origin", HUB)
                        .token(pageToken)
                        .get("/v1/project")
                        .status())
                .isEqualTo(200);
        List<Http.Answer> replays = List.of(
                server.http().token(pageToken).get("/v1/project"),
                server.http().header("Origin", EVIL).token(pageToken).get("/v1/project"),
                server.http().header("Origin", "null").token(pageToken).get("/v1/project"),
                server.http().header("Origin", HUB).token(token).get("/v1/project"),
                server.http().header("X-Notesync-Opener", HUB).token(pageToken).get("/v1/project"),
                server.http()
                        .header("X-Notesync-Opener", HUB)
                        .header("Sec-Fetch-Site", "cross-site")
                        .header("Origin", EVIL)
                        .token(pageToken)
                        .get("/v1/project"));
        for (Http.Answer answer : replays) {
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("token_unknown");
            tellsNothing(answer);
        }
    }

    @Test
    void theDashboardNeedsItsKeyAndOurOwnPage() throws IOException {
        assertThat(server.http().token(RunningServer.KEY).get("/v1/dashboard").status())
                .isEqualTo(200);
        assertThat(server.http().get("/v1/dashboard").status()).isEqualTo(401);
        assertThat(server.http().token(token).get("/v1/dashboard").status()).isEqualTo(401);
        assertThat(server.http()
                        .token(RunningServer.KEY)
                        .header("Sec-Fetch-Site", "cross-site")
                        .get("/v1/dashboard")
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"tree\": 5}",
                "{\"tree\": \"zz\"}",
                "{\"tree\": \"00\", \"tree\": \"00\"}",
                "\u0000"
            })
    void malformedBodiesAreTheClientsFault(String body) throws IOException {
        Http.Answer answer = server.http()
                .token(token)
                .header("Content-Type", "application/json")
                .send("POST", "/v1/replicas/" + RunningServer.REPLICA + "/next", body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("bad_request");
    }

    @Test
    void theTextOfAStrangerCannotRewriteTheTerminal() throws IOException {
        JsonObject asked = RunningServer.json("{\"commit\": \"" + "0".repeat(64)
                + "\", \"client\": {\"kind\": \"page\", \"label\": \"a\\u001b[2Jb\\u202ec\\nd\", \"machine\": \"m\"}}");
        assertThat(server.http()
                        .header("Origin", "https://third.example")
                        .post("/v1/pairings", asked)
                        .status())
                .isEqualTo(201);
        assertThat(server.events).anySatisfy(event -> assertThat(event.line()).contains("'a [2Jb c d'"));
        assertThat(server.events)
                .noneSatisfy(event -> assertThat(String.valueOf(event.line())).contains("\u001b", "\u202e"));
    }

    @Test
    void thousandsOfIdleConnectionsAndDrippingClientsKeepNobodyOut() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 2_000; i++) {
                Socket socket = new Socket("127.0.0.1", server.port);
                sockets.add(socket);
                if (i % 4 == 0) {
                    socket.getOutputStream().write("GET /v1/hel".getBytes(StandardCharsets.UTF_8));
                }
                if (i % 8 == 1) {
                    socket.getOutputStream()
                            .write(
                                    ("POST /v1/pairings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                                                    + "Content-Length: 4000\r\n\r\n{")
                                            .getBytes(StandardCharsets.UTF_8));
                }
            }
            assertThat(server.http().get("/v1/hello").status()).isEqualTo(200);
            JsonObject next = RunningServer.nextRequest(null, TreeDigest.EMPTY.hex());
            assertThat(server.http()
                            .token(token)
                            .post("/v1/replicas/" + RunningServer.REPLICA + "/next", next)
                            .status())
                    .isEqualTo(200);
        } finally {
            for (Socket each : sockets) {
                each.close();
            }
        }
    }
}
