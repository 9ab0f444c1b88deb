package io.github.notesync.server.serve;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Envelope;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.PairingCode;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.server.cycle.Served;
import io.github.notesync.server.pack.Packer;
import io.github.notesync.server.pairing.Decisions;
import io.github.notesync.server.pairing.Pairings;
import io.github.notesync.server.pairing.Tokens;
import io.github.notesync.server.tell.Event;
import io.github.notesync.server.tell.Meter;
import io.github.notesync.server.tell.Teller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A whole server on a real disk and a real port, without the terminal. */
final class RunningServer implements AutoCloseable {
    static final String KEY = "k".repeat(64);
    static final Id REPLICA = Id.random();

    final Served served;
    final int port;
    final Pairings pairings;
    final Tokens tokens;
    final List<Event> events = new CopyOnWriteArrayList<>();
    private final Packer packer;
    private final LaptopServer server;

    RunningServer(Path directory) throws Exception {
        Path root = directory.resolve("project");
        Files.createDirectories(root);
        Files.writeString(root.resolve("secret.py"), "SECRET = 1\n");
        served = Served.start(root, directory.resolve("state"));
        packer = new Packer(served.source, Files.createDirectories(directory.resolve("spool")), text -> {});
        tokens = new Tokens(System::currentTimeMillis, directory.resolve("grants"), text -> {});
        pairings = new Pairings(tokens, System::currentTimeMillis);
        Timeline timeline = new Timeline(new Teller() {
            @Override
            public void tell(Event event) {
                events.add(event);
            }

            @Override
            public void progress(Meter meter) {
                // Nobody looks at it here.
            }
        });
        HttpPort http = HttpPort.bind(0, List.of("tunnel.example"));
        port = http.number();
        server = new LaptopServer(
                http,
                "test",
                KEY,
                served.source,
                packer,
                pairings,
                tokens,
                new Decisions(pairings, timeline),
                timeline);
        server.open();
    }

    Http http() {
        return new Http(port);
    }

    /** Pairs as a program, or as the page of {@code origin}. */
    String pair(String origin) throws Exception {
        byte[] nonce = Digest.of("nonce").bytes();
        Digest commit = PairingCode.commit(nonce);
        JsonObject client = JsonObject.builder()
                .put("kind", "kernel")
                .put("label", "nb")
                .put("machine", "m")
                .build();
        JsonObject asked = JsonObject.builder()
                .put("commit", commit.hex())
                .put("client", client)
                .build();
        Http http = origin == null ? http() : http().header("Origin", origin);
        Id pairing = Id.parse(http.post("/v1/pairings", asked).json().string("pairing"));
        pairings.type(pairing, PairingCode.of(commit, origin == null ? "kernel" : origin), false);
        JsonObject claim = JsonObject.builder()
                .put("nonce", HexFormat.of().formatHex(nonce))
                .put("wait_ms", 0)
                .build();
        return http.post("/v1/pairings/" + pairing + "/claim", claim).json().string("token");
    }

    static JsonObject nextRequest(JsonObject cursor, String tree) {
        return JsonObject.builder()
                .put("cursor", cursor)
                .put("tree", tree)
                .put("wait_ms", 0)
                .put("inline", 262144)
                .put("encodings", List.of("identity"))
                .put("capabilities", List.of("copy", "recipe"))
                .put("fresh", true)
                .build();
    }

    static JsonObject envelope(Http.Answer answer) throws IOException {
        return Envelope.parse(answer.body()).json();
    }

    static JsonObject json(String text) throws IOException {
        return ProtocolJson.parse(text);
    }

    @Override
    public void close() throws IOException {
        server.close();
        packer.close();
        served.close();
    }
}
