package io.github.notesync.server.serve;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A page's end of a socket. */
final class PageClient implements AutoCloseable, WebSocket.Listener {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final BlockingQueue<ByteBuffer> answers = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final @Nullable WebSocket socket;
    private int status = 101;

    PageClient(int port, String origin) {
        WebSocket made = null;
        try {
            made = CLIENT.newWebSocketBuilder()
                    .header("Origin", origin)
                    .buildAsync(URI.create("ws://127.0.0.1:" + port + Sockets.PATH), this)
                    .join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof WebSocketHandshakeException refused)) {
                throw e;
            }
            status = refused.getResponse().statusCode();
        }
        socket = made;
    }

    /** 101 where it opened. */
    int status() {
        return status;
    }

    void say(String message) {
        socket.sendText(message, true).join();
    }

    void say(ByteBuffer message) {
        socket.sendBinary(message, true).join();
    }

    ByteBuffer hears() throws InterruptedException {
        ByteBuffer answer = answers.poll(20, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("no answer came");
        }
        return answer;
    }

    int heard() {
        return answers.size();
    }

    /** The code with which the server closed. */
    int closedWith() throws Exception {
        return closed.get(20, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data);
        answers.add(copy.flip());
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String why) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
    }
}
