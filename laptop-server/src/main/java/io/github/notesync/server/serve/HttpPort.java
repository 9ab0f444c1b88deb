package io.github.notesync.server.serve;

import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.jspecify.annotations.Nullable;
import spark.Service;
import spark.embeddedserver.EmbeddedServers;
import spark.embeddedserver.jetty.EmbeddedJettyFactory;
import spark.embeddedserver.jetty.JettyServerFactory;

/**
 * The one port of the server: Spark's routes behind the door, on the loopback interface. A waiting connection costs no
 * thread; a long poll does, so there are many, and those who read or write by the drop are cut off.
 */
public final class HttpPort {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int THREADS = 300;
    private static final long STOP_AT_MOST_MILLIS = 5_000;
    private static final int IDLE_MILLIS = 60_000;
    /** How long answers under way may take when the server stops: a long poll would take longer than Ctrl-C should. */
    private static final int STOP_MILLIS = 400;

    private static final int BYTES_A_SECOND = 200;
    private static final int HEADER_BYTES = 16 << 10;

    private final Service spark = Service.ignite();
    private final AtomicReference<@Nullable ServerConnector> connector = new AtomicReference<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Door door;
    private final int port;

    private HttpPort(int port, List<String> allowedHosts) {
        this.port = port;
        this.door = new Door(allowedHosts);
        EmbeddedServers.add(EmbeddedServers.Identifiers.JETTY, new EmbeddedJettyFactory(new Factory()));
        spark.ipAddress(LOOPBACK);
        spark.port(port);
        spark.initExceptionHandler(failure::set);
    }

    /**
     * Begins to bind the port, in the background, because loading a web server takes a while: requests wait at the door.
     *
     * @param allowedHosts more names by which the server may be called, for tunnels
     */
    public static HttpPort bind(int port, List<String> allowedHosts) {
        HttpPort begun = new HttpPort(port, allowedHosts);
        begun.spark.init();
        return begun;
    }

    /** From now on requests are answered. Returns the port, which was chosen if 0 was asked for. */
    int open(Consumer<Service> routes) throws IOException {
        spark.awaitInitialization();
        Exception failed = failure.get();
        if (failed != null) {
            if (failed instanceof BindException || failed.getCause() instanceof BindException) {
                throw new BindException("port " + port + " is taken");
            }
            throw new IOException("the HTTP server cannot start: " + failed, failed);
        }
        routes.accept(spark);
        door.open();
        ServerConnector open = connector.get();
        return open == null ? port : open.getLocalPort();
    }

    void close() {
        spark.stop();
        // Where the jar was replaced under a running server Spark's own thread may die on its way, and would be awaited
        // for ever.
        Thread waiting = new Thread(spark::awaitStop, "notesync-http-stop");
        waiting.setDaemon(true);
        waiting.start();
        try {
            waiting.join(STOP_AT_MOST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes Jetty as it has to be; Spark leaves a server with connectors as it is. */
    private final class Factory implements JettyServerFactory {
        @Override
        public Server create(int maxThreads, int minThreads, int threadTimeoutMillis) {
            QueuedThreadPool pool = new QueuedThreadPool(THREADS, 8, 30_000);
            pool.setName("notesync-http");
            return create(pool);
        }

        @Override
        public Server create(ThreadPool pool) {
            Server server = new Server(pool) {
                @Override
                public void setHandler(Handler handler) {
                    door.setHandler(handler);
                    super.setHandler(door);
                }
            };
            server.setStopTimeout(STOP_MILLIS);
            HttpConfiguration http = new HttpConfiguration();
            http.setSendServerVersion(false);
            http.setSendDateHeader(false);
            http.setRequestHeaderSize(HEADER_BYTES);
            http.setMinRequestDataRate(BYTES_A_SECOND);
            http.setMinResponseDataRate(BYTES_A_SECOND);
            ServerConnector open = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
            open.setHost(LOOPBACK);
            open.setPort(port);
            open.setIdleTimeout(IDLE_MILLIS);
            open.setAcceptQueueSize(1024);
            // On Windows a reusable address is one that another program can take over.
            open.setReuseAddress(!System.getProperty("os.name", "").startsWith("Windows"));
            server.addConnector(open);
            connector.set(open);
            return server;
        }
    }
}
