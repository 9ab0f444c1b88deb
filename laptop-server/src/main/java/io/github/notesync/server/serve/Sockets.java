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
import org.jspecify.annotations.Nullable;

/**
 * The sockets of pages ({@code PROTOCOL.md} 3, Socket): who may open one, and how many there are. Any thread; a socket on which nobody asks costs none.
 */
final class Sockets {
    static final String PATH = "/v1/socket";
    private static final int MOST = 32;

    private final ReplicaCalls calls;
    private final Tokens tokens;
    private final Set<PageSocket> open = ConcurrentHashMap.newKeySet();
    private @Nullable Upgrades upgrades;

    Sockets(ReplicaCalls calls, Tokens tokens) {
        this.calls = calls;
        this.tokens = tokens;
        tokens.onEnd(() -> open.forEach(PageSocket::closeIfEnded));
    }

    /** Makes a socket of the request, or refuses it. */
    void upgrade(HttpServletRequest request, HttpServletResponse response, Executor executor, ByteBufferPool buffers)
            throws IOException {
        Upgrades made = upgrades(executor, buffers);
        if (!made.isOne(request, response)) {
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
        } else {
            PageSocket socket = place(origin);
            if (socket == null) {
                Answers.error(response, HttpError.of(503, ErrorCode.LIMIT_EXCEEDED, "too many sockets are open"));
            } else {
                made.accept(() -> socket, request, response);
            }
        }
    }

    /** Null where all are taken. One that gets no socket after all is free again as soon as it is late. */
    private synchronized @Nullable PageSocket place(String origin) {
        open.forEach(PageSocket::closeIfLate);
        if (open.size() >= MOST) {
            return null;
        }
        PageSocket socket = new PageSocket(origin, calls, tokens, open);
        open.add(socket);
        return socket;
    }

    private synchronized Upgrades upgrades(Executor executor, ByteBufferPool buffers) throws IOException {
        if (upgrades == null) {
            upgrades = new Upgrades(executor, buffers);
        }
        return upgrades;
    }
}
