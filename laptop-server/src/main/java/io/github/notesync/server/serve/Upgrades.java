package io.github.notesync.server.serve;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.websocket.api.WebSocketPolicy;
import org.eclipse.jetty.websocket.server.WebSocketServerFactory;

/** What makes sockets of requests. Loaded with the first one, as a start of the server need not wait for it. Any thread. */
final class Upgrades {
    private static final int LONGEST_MESSAGE = 8 << 10;

    private final WebSocketServerFactory factory;

    Upgrades(Executor executor, ByteBufferPool buffers) throws IOException {
        WebSocketPolicy policy = WebSocketPolicy.newServerPolicy();
        policy.setMaxTextMessageSize(LONGEST_MESSAGE);
        policy.setMaxTextMessageBufferSize(LONGEST_MESSAGE);
        policy.setIdleTimeout(PageSocket.UNKNOWN_MILLIS);
        factory = new WebSocketServerFactory(policy, executor, buffers) {};
        try {
            factory.start();
        } catch (Exception e) {
            throw new IOException("sockets cannot be served: " + e, e);
        }
    }

    boolean isOne(HttpServletRequest request, HttpServletResponse response) {
        return factory.isUpgradeRequest(request, response);
    }

    void accept(Supplier<PageSocket> made, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        factory.acceptWebSocket(
                (asked, answer) -> {
                    // Nothing is packed: small messages, on the same machine.
                    answer.setExtensions(List.of());
                    return made.get();
                },
                request,
                response);
    }
}
