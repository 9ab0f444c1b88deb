package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.server.pairing.Client;
import io.github.notesync.server.pairing.Tokens;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.websocket.api.WebSocketPolicy;
import org.eclipse.jetty.websocket.server.WebSocketServerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of pages ({@code PROTOCOL.md} 3, Socket): who may open one, and how many there are. What serves them is
 * loaded with the first one. Any thread; a socket on which nobody asks costs none.
 */
final class Sockets {
    static final String PATH = "/v1/socket";
    private static final int MOST = 32;
    private static final int LONGEST_MESSAGE = 8 << 10;

    private final ReplicaCalls calls;
    private final Tokens tokens;
    private final Set<PageSocket> open = ConcurrentHashMap.newKeySet();
    private @Nullable WebSocketServerFactory factory;

    Sockets(ReplicaCalls calls, Tokens tokens) {
        this.calls = calls;
        this.tokens = tokens;
        tokens.onEnd(() -> open.forEach(PageSocket::closeIfEnded));
    }

    /** Makes a socket of the request, or refuses it. */
    void upgrade(HttpServletRequest request, HttpServletResponse response, Executor executor, ByteBufferPool buffers)
            throws IOException {
        WebSocketServerFactory upgrades = factory(executor, buffers);
        if (!upgrades.isUpgradeRequest(request, response)) {
            Answers.error(
                    response, HttpError.of(404, ErrorCode.NOT_FOUND, "under this address there is only a WebSocket"));
            return;
        }
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        String origin = origins.size() == 1 ? origins.get(0) : "";
        if (origin.equals(Client.KERNEL) || !tokens.isPaired(origin)) {
            Answers.error(
                    response,
                    HttpError.of(ErrorCode.ORIGIN_REFUSED, "no page of this origin is paired with this server", null));
        } else if (open.size() >= MOST) {
            Answers.error(response, HttpError.of(503, ErrorCode.LIMIT_EXCEEDED, "too many sockets are open"));
        } else {
            upgrades.acceptWebSocket(
                    (asked, answer) -> {
                        // Nothing is packed: small messages, on the same machine.
                        answer.setExtensions(List.of());
                        return new PageSocket(origin, calls, tokens, open);
                    },
                    request,
                    response);
        }
    }

    private synchronized WebSocketServerFactory factory(Executor executor, ByteBufferPool buffers) throws IOException {
        if (factory == null) {
            WebSocketPolicy policy = WebSocketPolicy.newServerPolicy();
            policy.setMaxTextMessageSize(LONGEST_MESSAGE);
            policy.setMaxTextMessageBufferSize(LONGEST_MESSAGE);
            policy.setIdleTimeout(PageSocket.UNKNOWN_MILLIS);
            WebSocketServerFactory made = new WebSocketServerFactory(policy, executor, buffers) {};
            try {
                made.start();
            } catch (Exception e) {
                throw new IOException("sockets cannot be served: " + e, e);
            }
            factory = made;
        }
        return factory;
    }
}
