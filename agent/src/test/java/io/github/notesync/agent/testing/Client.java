package io.github.notesync.agent.testing;

import io.github.notesync.protocol.FrameSigner;
import io.github.notesync.protocol.FrameSigner.Direction;
import io.github.notesync.protocol.Hello;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Protocol;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** A kernel, as far as the agent can tell. One thread. */
public final class Client implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ZContext context = new ZContext(1);
    private final ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    private final FrameSigner signer;
    private final byte[] session = new byte[FrameSigner.SESSION_BYTES];
    private final List<JsonObject> events = new ArrayList<>();
    private volatile boolean alone;
    private long number;
    private long id;

    private Client(int port, byte[] key) {
        signer = new FrameSigner(key);
        byte[] identity = new byte[16];
        RANDOM.nextBytes(identity);
        identity[0] = 1;
        socket.setIdentity(identity);
        socket.setLinger(0);
        socket.connect("tcp://127.0.0.1:" + port);
    }

    /** Connects and says hello. A connecting JeroMQ socket now and then never reads the greeting: then another one. */
    public static Client connect(JsonObject connection) throws ProtocolException {
        for (int attempt = 0; attempt < 5; attempt++) {
            Client client = open(connection, HexFormat.of().parseHex(connection.string("key")));
            if (client.hello(5_000) != null) {
                return client;
            }
            client.close();
        }
        throw new AssertionError("no answer to hello from " + connection);
    }

    /** Connects with some key and says nothing yet. */
    public static Client open(JsonObject connection, byte[] key) throws ProtocolException {
        return new Client((int) connection.integer("port"), key);
    }

    /** Null if there is no answer in time. */
    public JsonObject hello(int millis) throws ProtocolException {
        sendFrames(helloFrames());
        JsonObject reply = receive(millis);
        if (reply != null) {
            System.arraycopy(HexFormat.of().parseHex(reply.string("nonce")), 0, session, 16, 16);
        }
        return reply;
    }

    /** The frames of a hello, which begins a session. */
    public List<byte[]> helloFrames() {
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        Arrays.fill(session, (byte) 0);
        System.arraycopy(nonce, 0, session, 0, 16);
        return frames(
                "hello",
                Hello.of("kernel", "0", List.of())
                        .toJson()
                        .put("nonce", HexFormat.of().formatHex(nonce))
                        .put("pid", ProcessHandle.current().pid())
                        .put("kernel", "test"),
                new byte[0]);
    }

    /** The frames of a request, signed. */
    public List<byte[]> frames(String type, JsonObject.Builder fields, byte[] body) {
        byte[] header = ProtocolJson.bytes(
                fields.put("type", type).put("id", ++id).put("number", ++number).build());
        return List.of(
                Protocol.FRAME_TAG.getBytes(StandardCharsets.US_ASCII),
                signer.sign(Direction.KERNEL, session, number, header, body),
                header,
                body);
    }

    public void sendFrames(List<byte[]> frames) {
        for (int i = 0; i < frames.size(); i++) {
            socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
        }
    }

    private void send(String type, JsonObject.Builder fields, byte[] body) {
        sendFrames(frames(type, fields, body));
    }

    /** The agent is dead: whoever waits for it, in another thread, need not wait any more. */
    public void leaveAlone() {
        alone = true;
    }

    private JsonObject receiveUntil(long until) throws ProtocolException {
        JsonObject message = null;
        while (message == null && !alone && System.currentTimeMillis() < until) {
            message = receive((int) Math.max(1, Math.min(50, until - System.currentTimeMillis())));
        }
        return message;
    }

    /** Sends a request and waits for its answer; null if there is none in time. */
    public JsonObject ask(String type, JsonObject.Builder fields, byte[] body, int millis) throws ProtocolException {
        send(type, fields, body);
        long mine = id;
        long until = System.currentTimeMillis() + millis;
        while (true) {
            JsonObject message = receiveUntil(until);
            boolean event = message != null && message.string("type").equals("event");
            if (message == null || (!event && !message.has("re"))) {
                return message;
            }
            if (event) {
                events.add(message);
            } else if (message.integer("re") == mine) {
                return message;
            }
        }
    }

    public JsonObject ask(String type, JsonObject.Builder fields) throws ProtocolException {
        JsonObject answer = ask(type, fields, new byte[0], 30_000);
        if (answer == null) {
            throw new AssertionError("no answer to " + type);
        }
        return answer;
    }

    public boolean answersPing(int millis) throws ProtocolException {
        return ask("ping", JsonObject.builder(), new byte[0], millis) != null;
    }

    /** Offers and sends a batch, and waits for how it ended; null if the agent fell silent. */
    public JsonObject bring(String replica, Laptop.Batch batch, int millis) throws ProtocolException {
        events.clear();
        JsonObject.Builder offer = JsonObject.builder()
                .put("replica", replica)
                .put("batch", batch.descriptor().toJson());
        JsonObject accepted = ask("offer", offer, new byte[0], millis);
        if (accepted == null || accepted.string("type").equals("error")) {
            return accepted;
        }
        ask(
                "chunk",
                JsonObject.builder()
                        .put("replica", replica)
                        .put("batch", batch.descriptor().batch().hex())
                        .put("offset", 0)
                        .put("end", true),
                batch.stream(),
                millis);
        long until = System.currentTimeMillis() + millis;
        while (true) {
            for (JsonObject event : events) {
                if (List.of("applied", "refused", "halted").contains(event.string("event"))) {
                    return event;
                }
            }
            JsonObject event = receiveUntil(until);
            if (event == null) {
                return null;
            }
            events.add(event);
        }
    }

    /** The next event of a name; null if there is none in time. */
    public JsonObject event(String name, int millis) throws ProtocolException {
        long until = System.currentTimeMillis() + millis;
        while (true) {
            for (JsonObject event : events) {
                if (event.string("event").equals(name)) {
                    events.remove(event);
                    return event;
                }
            }
            JsonObject message = receive((int) Math.max(1, until - System.currentTimeMillis()));
            if (message == null) {
                return null;
            }
            if (message.string("type").equals("event")) {
                events.add(message);
            }
        }
    }

    /** Sends one chunk of a batch that was offered; returns the answer. */
    public JsonObject chunk(String replica, Laptop.Batch batch, int from, int to) throws ProtocolException {
        return ask(
                "chunk",
                JsonObject.builder()
                        .put("replica", replica)
                        .put("batch", batch.descriptor().batch().hex())
                        .put("offset", from)
                        .put("end", to == batch.stream().length),
                Arrays.copyOfRange(batch.stream(), from, to),
                30_000);
    }

    /** Offers a batch; returns the answer. */
    public JsonObject offer(String replica, Laptop.Batch batch) throws ProtocolException {
        return ask(
                "offer",
                JsonObject.builder()
                        .put("replica", replica)
                        .put("batch", batch.descriptor().toJson()));
    }

    /** Attaches to a root; returns the answer. */
    public JsonObject attach(java.nio.file.Path root, boolean inCell) throws ProtocolException {
        return ask(
                "attach",
                JsonObject.builder()
                        .put("root", root.toString())
                        .put("project", "p")
                        .put("in_cell", inCell));
    }

    /** The next message; null if there is none in time. */
    public JsonObject receive(int millis) throws ProtocolException {
        socket.setReceiveTimeOut(millis);
        byte[] tag = socket.recv();
        if (tag == null) {
            return null;
        }
        socket.recv();
        byte[] header = socket.recv();
        socket.recv();
        return ProtocolJson.parse(header);
    }

    @Override
    public void close() {
        context.close();
    }
}
