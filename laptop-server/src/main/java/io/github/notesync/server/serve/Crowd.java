package io.github.notesync.server.serve;

import java.util.LinkedHashSet;
import java.util.Set;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * The open connections, oldest first, and a limit to them: with each one that is too many the oldest that has no whole
 * request is closed. So ten thousand that say nothing, or half a request, or a byte a second, cost no more memory than the
 * limit, and keep nobody out. Any thread.
 */
final class Crowd implements Connection.Listener {
    /**
     * More than the threads, each of which is busy with one request at most, and so many that a request which has come
     * does not wait for a thread until it is the oldest. Each costs about 7 KB.
     */
    private static final int MOST = 3_000;

    private final Set<HttpConnection> open = new LinkedHashSet<>();

    @Override
    public void onOpened(Connection connection) {
        HttpConnection excess = null;
        if (connection instanceof HttpConnection one) {
            synchronized (open) {
                open.add(one);
                excess = open.size() > MOST ? oldestWithoutRequest() : null;
            }
        }
        if (excess != null) {
            excess.getEndPoint().close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (connection instanceof HttpConnection one) {
            synchronized (open) {
                open.remove(one);
            }
        }
    }

    private @Nullable HttpConnection oldestWithoutRequest() {
        for (HttpConnection each : open) {
            if (each.getHttpChannel().getState().isIdle()) {
                open.remove(each);
                return each;
            }
        }
        return null;
    }
}
