package io.github.notesync.server.serve;

import io.github.notesync.protocol.Envelope;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.server.pairing.Grant;
import io.github.notesync.server.pairing.Tokens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.api.WebSocketFrameListener;
import org.eclipse.jetty.websocket.api.WriteCallback;
import org.eclipse.jetty.websocket.api.extensions.Frame;
import org.jspecify.annotations.Nullable;

/**
 * One page's socket: first its token, then {@code next} that do not wait, one after the other. Called by one thread at a
 * time; {@link #closeIfEnded} by any.
 */
final class PageSocket extends WebSocketAdapter implements WebSocketFrameListener {
    /** For the token to come. */
    static final long UNKNOWN_MILLIS = 5_000;
    /** As long as a token is good without use. */
    private static final long IDLE_MILLIS = Duration.ofHours(12).toMillis();

    /** Each ping is answered, and the answers to who does not read them would fill the memory. A browser sends none. */
    private static final int LOOSE_FRAMES = 64;

    private static final int HEAD_BYTES = 6;

    private final String origin;
    private final ReplicaCalls calls;
    private final Tokens tokens;
    private final Set<PageSocket> open;
    private final long since = System.nanoTime();
    private final AtomicBoolean sending = new AtomicBoolean();
    private volatile @Nullable String token;
    /** Frames since the last whole message. */
    private int loose;

    PageSocket(String origin, ReplicaCalls calls, Tokens tokens, Set<PageSocket> open) {
        this.origin = origin;
        this.calls = calls;
        this.tokens = tokens;
        this.open = open;
    }

    @Override
    public void onWebSocketConnect(Session session) {
        super.onWebSocketConnect(session);
        // What was late meanwhile has lost its place.
        if (!open.contains(this)) {
            disconnect(session);
        }
    }

    @Override
    public void onWebSocketClose(int code, @Nullable String why) {
        open.remove(this);
        super.onWebSocketClose(code, why);
    }

    @Override
    public void onWebSocketFrame(Frame frame) {
        Session session = getSession();
        if (++loose > LOOSE_FRAMES && session != null) {
            open.remove(this);
            disconnect(session);
        }
    }

    /** Without a word, as who does not read does not hear one. */
    private static void disconnect(Session session) {
        try {
            session.disconnect();
        } catch (IOException e) {
            // It is gone already.
            return;
        }
    }

    @Override
    public void onWebSocketBinary(byte[] payload, int offset, int length) {
        end(StatusCode.BAD_DATA, "only text is understood");
    }

    @Override
    public void onWebSocketText(String message) {
        loose = 0;
        try {
            JsonObject said = ProtocolJson.parse(message.getBytes(StandardCharsets.UTF_8));
            if (token == null) {
                token = said.string("token");
                grant();
                getSession().setIdleTimeout(IDLE_MILLIS);
            } else {
                answer(said);
            }
        } catch (ProtocolException e) {
            end(StatusCode.BAD_PAYLOAD, "that is no message of this protocol");
        } catch (HttpError e) {
            end(StatusCode.POLICY_VIOLATION, e.body().code());
        } catch (IOException | RuntimeException e) {
            // The page asks again as usual, and is told what is wrong.
            end(StatusCode.SERVER_ERROR, "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Throws HttpError where the token is not, or no longer, good for this page. */
    private Grant grant() {
        return tokens.use(String.valueOf(token), origin)
                .orElseThrow(() -> HttpError.of(ErrorCode.TOKEN_UNKNOWN, "the pairing has ended", null));
    }

    private void answer(JsonObject said) throws IOException, InterruptedException {
        Grant grant = grant();
        int id = (int) said.integer("id");
        Id replica = Id.parse(said.string("replica"));
        NextRequest asked = NextRequest.fromJson(said.object("next"));
        if (asked.waitMillis() > 0) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "a question on a socket does not wait");
        }
        try {
            calls.next(grant, this::grant, replica, asked, (head, bytes) -> send(id, 200, head, bytes));
        } catch (HttpError e) {
            send(id, e.status(), JsonObject.builder().build(), new byte[0]);
        }
    }

    private void send(int id, int status, JsonObject head, byte[] bytes) throws IOException {
        if (!sending.compareAndSet(false, true)) {
            throw new IOException("the page does not read");
        }
        byte[] envelope = new Envelope(head, bytes).bytes();
        ByteBuffer message = ByteBuffer.allocate(HEAD_BYTES + envelope.length);
        message.putInt(id).putShort((short) status).put(envelope).flip();
        getRemote().sendBytes(message, new WriteCallback() {
            @Override
            public void writeSuccess() {
                sending.set(false);
            }

            @Override
            public void writeFailed(Throwable why) {
                end(StatusCode.ABNORMAL, "");
            }
        });
    }

    /** Whoever keeps the socket busy without ever saying a token is not idle, and takes a place all the same. */
    void closeIfLate() {
        if (token == null && System.nanoTime() - since > UNKNOWN_MILLIS * 1_000_000) {
            open.remove(this);
            Session session = getSession();
            if (session != null) {
                disconnect(session);
            }
        }
    }

    void closeIfEnded() {
        String known = token;
        if (known != null && !tokens.isGood(known, origin)) {
            end(StatusCode.POLICY_VIOLATION, ErrorCode.TOKEN_UNKNOWN.code());
        }
    }

    private void end(int code, String why) {
        open.remove(this);
        Session session = getSession();
        if (session != null) {
            session.close(code, why);
        }
    }
}
