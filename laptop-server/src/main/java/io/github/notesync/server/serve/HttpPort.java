package io.github.notesync.server.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int THREADS = 300;
    private static final long STOP_AT_MOST_MILLIS = 5_000;
    private static final int IDLE_MILLIS = 60_000;
    /** How long answers under way may take when the server stops: a long poll would take longer than Ctrl-C should. */
    private static final int STOP_MILLIS = 400;

    private static final int BYTES_A_SECOND = 200;
    private static final int HEADER_BYTES = 16 << 10;

    private static final int WAITING_CONNECTIONS = 1024;

    private final ServerSocketChannel listening;
    private final Door door;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final FutureTask<Service> loading = new FutureTask<>(this::load);

    private HttpPort(ServerSocketChannel listening, List<String> allowedHosts) {
        this.listening = listening;
        this.door = new Door(allowedHosts);
    }

    /**
     * Binds the port, so that nobody else can have it and requests wait, and begins to load what answers them in the
     * background, because that takes a while.
     *
     * @param port 0 for any that is free
     * @param allowedHosts more names by which the server may be called, for tunnels
     * @throws BindException if the port is taken
     */
    public static HttpPort bind(int port, List<String> allowedHosts) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        try {
            // On Windows a reusable address is one that another program can take over.
            boolean reusable = !System.getProperty("os.name", "").startsWith("Windows");
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, reusable);
            listening.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), WAITING_CONNECTIONS);
        } catch (IOException e) {
            listening.close();
            throw e;
        }
        HttpPort bound = new HttpPort(listening, allowedHosts);
        Thread thread = new Thread(bound.loading, "notesync-http-load");
        thread.setDaemon(true);
        thread.start();
        return bound;
    }

    /** The port, which was chosen if 0 was asked for. */
    public int number() {
        return listening.socket().getLocalPort();
    }

    private Service load() {
        Service spark = Service.ignite();
        EmbeddedServers.add(EmbeddedServers.Identifiers.JETTY, new EmbeddedJettyFactory(new Factory()));
        spark.initExceptionHandler(failure::set);
        spark.init();
        return spark;
    }

    /** From now on requests are answered. */
    void open(Consumer<Service> routes, Sockets sockets) throws IOException, InterruptedException {
        try {
            Service spark = loading.get();
            routes.accept(spark);
            spark.awaitInitialization();
        } catch (ExecutionException e) {
            throw new IOException("the HTTP server cannot start: " + e.getCause(), e);
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IOException("the HTTP server cannot start: " + failed, failed);
        }
        door.open(sockets);
    }

    void close() {
        // Where the jar was replaced under a running server Spark's own thread may die on its way, and would be awaited
        // for ever.
        Thread stopping = new Thread(this::stop, "notesync-http-stop");
        stopping.setDaemon(true);
        stopping.start();
        try {
            stopping.join(STOP_AT_MOST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        try {
            Service spark = loading.get();
            spark.stop();
            spark.awaitStop();
        } catch (InterruptedException | ExecutionException e) {
            // What was not loaded serves nobody.
            return;
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
            open.setIdleTimeout(IDLE_MILLIS);
            open.addBean(new Crowd());
            try {
                open.open(listening);
            } catch (IOException e) {
                throw new UncheckedIOException("the bound port cannot be used", e);
            }
            server.addConnector(open);
            return server;
        }
    }
}
