package io.github.notesync.agent.receive;

import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.report.Problem;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.FrameSigner;
import io.github.notesync.protocol.FrameSigner.Direction;
import io.github.notesync.protocol.Hello;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import zmq.Msg;

/**
 * The one socket of the agent, a ROUTER on 127.0.0.1. The thread that calls {@link #run} owns it; others hand over what
 * they want to send and wake it through a pipe. Drops, without a word, whatever is not signed by the key.
 */
public final class Door implements Closeable {
    private static final int NONCE_BYTES = 16;
    private static final int NONCES_REMEMBERED = 10_000;
    private static final int TICK_MILLIS = 1_000;
    /** Messages of one peer that wait in memory; each may be as large as a frame. */
    private static final int QUEUED_MAX = 8;

    private static final int UNSENT_MAX = 200;
    /** Kernels send a ping every few seconds. */
    private static final long UNSEEN_SILENCE_MILLIS = 600_000;

    private static final long PASSING_SILENCE_MILLIS = 30_000;
    private static final int HANDSHAKE_MILLIS = 5_000;
    private static final int HEARTBEAT_MILLIS = 500;
    private static final int HEARTBEAT_TIMEOUT_MILLIS = 1_500;

    private final FrameSigner signer;
    private final Hello hello;
    private final Machine machine;
    private final Handler handler;
    private final Guests guests;
    private final ZContext context = new ZContext(1);
    private final ZMQ.Socket socket;
    private final Pipe waker;
    private final Queue<Outgoing> outbox = new ConcurrentLinkedQueue<>();
    private final Map<ByteBuffer, Session> sessions = new LinkedHashMap<>();
    private final Set<ByteBuffer> usedNonces = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
            return size() > NONCES_REMEMBERED;
        }
    });
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean stopped;
    private volatile @Nullable Thread owner;

    /** A message that waits for the door's thread, which numbers and signs it. */
    private static final class Outgoing {
        final Session session;
        final JsonObject.Builder header;
        final byte[] body;

        Outgoing(Session session, JsonObject.Builder header, byte[] body) {
            this.session = session;
            this.header = header;
            this.body = body;
        }
    }

    /** @param key 32 secret bytes */
    public Door(byte[] key, Hello hello, Machine machine, Handler handler) throws IOException {
        this.signer = new FrameSigner(key);
        this.hello = hello;
        this.machine = machine;
        this.handler = handler;
        this.guests = new Guests(machine);
        context.setNotificationExceptionHandler((thread, error) -> Log.bug(error));
        context.setUncaughtExceptionHandler((thread, error) -> Log.fatal(error));
        this.socket = context.createSocket(SocketType.ROUTER);
        this.waker = Pipe.open();
        waker.source().configureBlocking(false);
        waker.sink().configureBlocking(false);
        socket.setRouterMandatory(true);
        socket.setRouterHandover(true);
        socket.setHeartbeatIvl(HEARTBEAT_MILLIS);
        socket.setHeartbeatTimeout(HEARTBEAT_TIMEOUT_MILLIS);
        // Without it one stranger who claims a frame of 500 MB leaves the process alive and deaf.
        socket.setMaxMsgSize(Limits.FRAME_MAX);
        socket.setRcvHWM(QUEUED_MAX);
        socket.setSndHWM(UNSENT_MAX);
        socket.setLinger(500);
        socket.setHandshakeIvl(HANDSHAKE_MILLIS);
        socket.setMsgAllocator(new FrameMemory(guests::sendStrangersAway));
        socket.setEventHook(guests, Guests.EVENTS);
    }

    /** Begins to listen, on a port that nobody could have guessed. */
    public int bind() {
        return socket.bindToRandomPort("tcp://127.0.0.1");
    }

    /** Serves until {@link #stop}; calls {@code tick} about every second. */
    public void run(Runnable tick) {
        owner = Thread.currentThread();
        ZMQ.Poller poller = context.createPoller(2);
        poller.register(socket, ZMQ.Poller.POLLIN);
        poller.register(waker.source(), ZMQ.Poller.POLLIN);
        long nextTick = System.nanoTime();
        while (!stopped) {
            poller.poll(TICK_MILLIS);
            drainWaker();
            sendAll();
            receiveSome();
            sendAll();
            if (System.nanoTime() - nextTick >= 0) {
                nextTick = System.nanoTime() + TICK_MILLIS * 1_000_000L;
                dropDead();
                guests.tick();
                tick.run();
            }
        }
        sendAll();
        poller.close();
    }

    /** Ends {@link #run} once everything handed over so far is sent. Any thread. */
    public void stop() {
        stopped = true;
        wake();
    }

    /** How many messages were dropped because they were not signed, not in order, or malformed. */
    public long refused() {
        return refused.get();
    }

    /** How many connections were closed because they were another user's, or never showed the key. */
    public long sentAway() {
        return guests.refused();
    }

    /** The kernels that said hello and whose processes live. Only for the door's thread. */
    public List<Kernel> kernels() {
        return new ArrayList<>(sessions.values());
    }

    void send(Session session, JsonObject.Builder header, byte[] body) {
        outbox.add(new Outgoing(session, header, body));
        if (Thread.currentThread() != owner) {
            wake();
        }
    }

    private void wake() {
        try {
            waker.sink().write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException e) {
            throw new UncheckedIOException("the door cannot be woken", e);
        }
    }

    private void drainWaker() {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(1024);
            while (waker.source().read(buffer) > 0) {
                buffer.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the door cannot be woken", e);
        }
    }

    /** Not all at once: what was handed over to be sent must not wait behind a flood. */
    private void receiveSome() {
        for (int i = 0; i < 64; i++) {
            List<Msg> parts = receive();
            if (parts.isEmpty()) {
                return;
            }
            try {
                handle(parts);
            } catch (RuntimeException e) {
                Log.bug(e);
            }
        }
    }

    private List<Msg> receive() {
        List<Msg> parts = new ArrayList<>(Frame.PARTS);
        Msg part = socket.recvMsg(ZMQ.DONTWAIT);
        while (part != null) {
            if (parts.size() <= Frame.PARTS) {
                parts.add(part);
            }
            if (!socket.hasReceiveMore()) {
                break;
            }
            part = socket.recvMsg();
        }
        return parts;
    }

    private void handle(List<Msg> parts) {
        Frame frame = Frame.of(parts.stream().map(Msg::data).toList());
        if (frame == null) {
            refused.incrementAndGet();
            return;
        }
        if (frame.type().equals("hello")) {
            greet(frame, parts);
            return;
        }
        Session session = sessions.get(ByteBuffer.wrap(frame.identity()));
        if (session == null) {
            refused.incrementAndGet();
            sendUnknownSession(frame.identity());
            return;
        }
        if (!frame.isSigned(signer, session.nonces()) || !session.accept(frame.number())) {
            refused.incrementAndGet();
            return;
        }
        session.hear();
        guests.know(parts.get(1));
        Answer answer = new Reply(session, frame.header());
        try {
            handler.handle(session, new Request(frame.type(), frame.header(), frame.body()), answer);
        } catch (RuntimeException e) {
            answer.error(e);
        }
    }

    private void greet(Frame frame, List<Msg> parts) {
        byte[] nonces = new byte[FrameSigner.SESSION_BYTES];
        try {
            byte[] nonce = HexFormat.of().parseHex(frame.header().string("nonce"));
            if (nonce.length != NONCE_BYTES) {
                throw new IllegalArgumentException("a nonce has 16 bytes");
            }
            System.arraycopy(nonce, 0, nonces, 0, NONCE_BYTES);
        } catch (ProtocolException | IllegalArgumentException e) {
            refused.incrementAndGet();
            return;
        }
        // A hello that was heard before is somebody's recording.
        if (!frame.isSigned(signer, nonces) || !usedNonces.add(ByteBuffer.wrap(nonces.clone()))) {
            refused.incrementAndGet();
            return;
        }
        guests.know(parts.get(1));
        byte[] own = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(own);
        System.arraycopy(own, 0, nonces, NONCE_BYTES, NONCE_BYTES);
        welcome(frame.identity(), frame.header(), nonces, own, frame.number());
    }

    private void welcome(byte[] identity, JsonObject header, byte[] nonces, byte[] own, long number) {
        Session session = null;
        try {
            long pid = header.integerOr("pid", 0);
            String id = header.string("kernel", Limits.LABEL_CHARS_MAX);
            session = sessions.computeIfAbsent(
                    ByteBuffer.wrap(identity),
                    key -> new Session(this, identity, nonces, id, pid, machine.started(pid)));
            session.begin(nonces, number);
            Hello.fromJson(header);
            new Reply(session, header)
                    .reply(hello.toJson()
                            .put("nonce", HexFormat.of().formatHex(own))
                            .put("pid", ProcessHandle.current().pid()));
        } catch (ProtocolException e) {
            if (session != null) {
                new Reply(session, header).error(e);
                sendAll();
                sessions.remove(ByteBuffer.wrap(identity));
            } else {
                refused.incrementAndGet();
            }
        }
    }

    private void sendUnknownSession(byte[] identity) {
        byte[] header = ProtocolJson.bytes(JsonObject.builder()
                .put("type", "unknown_session")
                .put("number", 0)
                .build());
        byte[] nobody = new byte[FrameSigner.SESSION_BYTES];
        sendFrames(identity, signer.sign(Direction.AGENT, nobody, 0, header, new byte[0]), header, new byte[0]);
    }

    private void sendAll() {
        for (Outgoing next = outbox.poll(); next != null; next = outbox.poll()) {
            long number = next.session.nextNumber();
            byte[] header = ProtocolJson.bytes(next.header.put("number", number).build());
            byte[] signature = signer.sign(Direction.AGENT, next.session.nonces(), number, header, next.body);
            sendFrames(next.session.identity, signature, header, next.body);
        }
    }

    private void sendFrames(byte[] identity, byte[] signature, byte[] header, byte[] body) {
        try {
            // A kernel that does not read loses messages and asks again; it must not hold up the others.
            if (socket.send(identity, ZMQ.SNDMORE | ZMQ.DONTWAIT)) {
                socket.send(Frame.TAG, ZMQ.SNDMORE);
                socket.send(signature, ZMQ.SNDMORE);
                socket.send(header, ZMQ.SNDMORE);
                socket.send(body, 0);
            }
        } catch (ZMQException unreachable) {
            // Not connected at this moment: it will ask again, or its process has ended.
        }
    }

    private void dropDead() {
        sessions.values().removeIf(session -> {
            // A process that cannot be seen from here is judged by its silence alone.
            boolean ended = session.started == 0
                    ? session.silent() > UNSEEN_SILENCE_MILLIS
                    : machine.started(session.pid) != session.started;
            boolean passing = !handler.needs(session) && session.silent() > PASSING_SILENCE_MILLIS;
            if (ended || passing) {
                handler.gone(session);
            }
            return ended || passing;
        });
    }

    @Override
    public void close() throws IOException {
        context.close();
        waker.source().close();
        waker.sink().close();
    }

    /** The way back for one request. */
    private final class Reply implements Answer {
        private final Session session;
        private final long id;

        Reply(Session session, JsonObject request) {
            this.session = session;
            this.id = number(request);
        }

        private static long number(JsonObject request) {
            return request.fields().get("id") instanceof Long id ? id : 0;
        }

        @Override
        public void reply(JsonObject.Builder fields, byte[] body) {
            send(session, headed("reply", fields), body);
        }

        @Override
        public void error(Throwable thrown, JsonObject.Builder extra) {
            JsonObject.Builder header = headed("error", extra);
            Problem.of(thrown).toJson().build().fields().forEach(header::put);
            send(session, header, new byte[0]);
        }

        private JsonObject.Builder headed(String type, JsonObject.Builder fields) {
            JsonObject.Builder header = JsonObject.builder().put("type", type).put("re", id);
            fields.build().fields().forEach(header::put);
            return header;
        }
    }

    /** For requests that this agent does not know. */
    public static ProtocolException unknown(String type) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, "request " + type + " is unknown");
    }
}
