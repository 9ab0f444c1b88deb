package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.server.pairing.Client;
import io.github.notesync.server.pairing.Grant;
import io.github.notesync.server.pairing.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import javax.servlet.ServletRequestWrapper;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import spark.Request;
import spark.Response;

/** One call: who makes it, with what, and where its answer goes. Used by the thread of the request. */
final class Caller {
    private static final String BEARER = "Bearer ";
    private static final int LONGEST_ORIGIN = 300;

    final HttpServletRequest request;
    final HttpServletResponse response;
    private final Request spark;

    Caller(Request request, Response response) {
        this.spark = request;
        this.request = request.raw();
        this.response = response.raw();
    }

    /**
     * Whose page it is: the browser's word, or {@code kernel} where no browser is involved. Our own popup speaks for the
     * page that opened it, and only our own pages are same-origin.
     */
    String origin() {
        String opener = request.getHeader("X-Notesync-Opener");
        String origin = opener != null && isOwnPage() ? opener : request.getHeader("Origin");
        if (origin == null) {
            return Client.KERNEL;
        }
        if (origin.length() > LONGEST_ORIGIN || origin.equals(Client.KERNEL)) {
            throw HttpError.of(ErrorCode.ORIGIN_REFUSED, "that is no origin of a page", null);
        }
        return origin;
    }

    /** Whether the popup forwards a page's call. */
    boolean isThroughBridge() {
        return request.getHeader("X-Notesync-Opener") != null && isOwnPage();
    }

    boolean isOwnPage() {
        return "same-origin".equals(request.getHeader("Sec-Fetch-Site"));
    }

    /** The pairing whose token this call carries; answers may then be read by its page. */
    Grant paired(Tokens tokens) {
        String header = request.getHeader("Authorization");
        if (header == null || !header.startsWith(BEARER)) {
            throw HttpError.of(
                    ErrorCode.TOKEN_MISSING, "this call needs a token", "pair the notebook with this server");
        }
        Optional<Grant> grant = tokens.use(header.substring(BEARER.length()).strip(), origin());
        if (grant.isEmpty()) {
            throw HttpError.of(
                    ErrorCode.TOKEN_UNKNOWN,
                    "the laptop does not know this notebook any more: it was revoked there, its time is over, or the server"
                            + " was started again",
                    "pair the notebook again");
        }
        readable();
        return grant.get();
    }

    String token() {
        String header = request.getHeader("Authorization");
        return header == null
                ? ""
                : header.substring(Math.min(BEARER.length(), header.length())).strip();
    }

    /** Lets the page that calls read the answer. */
    void readable() {
        String origin = request.getHeader("Origin");
        if (origin != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Vary", "Origin");
        }
    }

    Id id(String parameter) {
        try {
            return Id.parse(spark.params(parameter));
        } catch (ProtocolException e) {
            throw HttpError.of(404, ErrorCode.NOT_FOUND, "there is nothing under this address");
        }
    }

    JsonObject json() throws IOException {
        return ProtocolJson.parse(body().readAllBytes());
    }

    /** The body as it comes: Spark's own stream would first read all of it. */
    InputStream body() throws IOException {
        return request instanceof ServletRequestWrapper wrapper
                ? wrapper.getRequest().getInputStream()
                : request.getInputStream();
    }

    void answer(JsonObject body) throws IOException {
        Answers.json(response, 200, body);
    }
}
