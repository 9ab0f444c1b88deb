package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Limits;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.HandlerWrapper;
import org.jspecify.annotations.Nullable;

/**
 * What every request has to pass before anything else looks at it ({@code PROTOCOL.md} 3): a server on the loopback
 * interface is visited by every page that the user opens.
 */
final class Door extends HandlerWrapper {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "DELETE", "OPTIONS");
    static final Set<String> PAGES = Set.of("/", "/bridge", "/pair");

    private final Set<String> allowedHosts;
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile @Nullable Sockets sockets;

    /** @param allowedHosts more names by which the server may be called, for tunnels */
    Door(List<String> allowedHosts) {
        this.allowedHosts = Set.copyOf(
                allowedHosts.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
    }

    /** Lets requests in; those who came earlier wait. */
    void open(Sockets forPages) {
        sockets = forPages;
        opened.countDown();
    }

    @Override
    public void handle(String target, Request base, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        awaitOpen();
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        HttpError refusal = refusal(request);
        if (refusal != null) {
            // What was sent along is not read: the connection ends here.
            response.setHeader("Connection", "close");
            Answers.error(response, refusal);
            base.setHandled(true);
        } else if (request.getMethod().equals("OPTIONS")) {
            preflight(request, response);
            base.setHandled(true);
        } else if (request.getRequestURI().equals(Sockets.PATH)) {
            Connector connector = base.getHttpChannel().getConnector();
            Objects.requireNonNull(sockets)
                    .upgrade(request, response, connector.getExecutor(), connector.getByteBufferPool());
            base.setHandled(true);
        } else {
            super.handle(target, base, request, response);
        }
    }

    private void awaitOpen() throws IOException {
        try {
            if (!opened.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the server does not get ready");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", e);
        }
    }

    private @Nullable HttpError refusal(HttpServletRequest request) {
        if (!isOurHost(request)) {
            return HttpError.of(
                    ErrorCode.HOST_REFUSED,
                    "this server answers only as 127.0.0.1, localhost or a name given with --allow-host",
                    "start the server with --allow-host NAME if a tunnel uses another name");
        }
        if (request.getHeader("Transfer-Encoding") != null) {
            return HttpError.of(411, ErrorCode.BAD_REQUEST, "a body needs a Content-Length, chunked ones are refused");
        }
        if (!METHODS.contains(request.getMethod())) {
            return HttpError.of(405, ErrorCode.BAD_REQUEST, "method " + request.getMethod() + " is not served");
        }
        if (isNavigation(request) && !(request.getMethod().equals("GET") && PAGES.contains(request.getRequestURI()))) {
            return HttpError.of(
                    ErrorCode.NAVIGATION_REFUSED, "only the pages of this server can be navigated to", null);
        }
        return bodyRefusal(request);
    }

    private static @Nullable HttpError bodyRefusal(HttpServletRequest request) {
        String method = request.getMethod();
        if (!method.equals("POST") && !method.equals("PUT")) {
            return request.getContentLengthLong() > 0
                    ? HttpError.of(ErrorCode.BAD_REQUEST, "a " + method + " has no body", null)
                    : null;
        }
        if (request.getContentLengthLong() < 0) {
            return HttpError.of(411, ErrorCode.BAD_REQUEST, "a body needs a Content-Length");
        }
        long limit = request.getRequestURI().endsWith("/manifest") ? Limits.REPLICA_MANIFEST_BODY_MAX : Limits.BODY_MAX;
        if (request.getContentLengthLong() > limit) {
            return HttpError.of(ErrorCode.TOO_LARGE, "the body is over the limit of " + limit + " bytes", null);
        }
        // A form cannot send these types: a POST that a page got through without asking is none of ours.
        String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
        return type.startsWith("application/json") || type.startsWith("application/octet-stream")
                ? null
                : HttpError.of(415, ErrorCode.BAD_REQUEST, "a body is application/json or application/octet-stream");
    }

    private boolean isOurHost(HttpServletRequest request) {
        List<String> hosts = Collections.list(request.getHeaders("Host"));
        return hosts.size() == 1 && isOurs(hosts.get(0)) && isOurs(request.getServerName());
    }

    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]{1,5}$", "");
        return LOOPBACK.contains(name) || allowedHosts.contains(name);
    }

    private static boolean isNavigation(HttpServletRequest request) {
        return "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
    }

    /** Answered for every origin: it reveals nothing, and what follows it is judged by itself. */
    private static void preflight(HttpServletRequest request, HttpServletResponse response) {
        String origin = request.getHeader("Origin");
        if (origin != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
            response.setHeader("Access-Control-Allow-Headers", "authorization, content-type");
            response.setHeader("Access-Control-Max-Age", "600");
            response.setHeader("Vary", "Origin");
            if ("true".equals(request.getHeader("Access-Control-Request-Private-Network"))) {
                response.setHeader("Access-Control-Allow-Private-Network", "true");
            }
        }
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
}
