package io.github.notesync.server.serve;

import io.github.notesync.protocol.Envelope;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.IOException;
import java.io.OutputStream;
import javax.servlet.http.HttpServletResponse;

/** Writes answers. Stateless. */
final class Answers {
    private static final String JSON = "application/json";
    private static final int PIECE = 128 << 10;
    private static final String BYTES = "application/octet-stream";

    private Answers() {}

    static void json(HttpServletResponse response, int status, JsonObject body) throws IOException {
        bytes(response, status, JSON, ProtocolJson.bytes(body));
    }

    static void envelope(HttpServletResponse response, JsonObject head, byte[] body) throws IOException {
        byte[] start = new Envelope(head, new byte[0]).bytes();
        response.setStatus(200);
        response.setContentType(BYTES);
        response.setContentLength(start.length + body.length);
        OutputStream out = response.getOutputStream();
        out.write(start);
        // In pieces: for a large array the system's buffers would be as large, once for each thread.
        for (int at = 0; at < body.length; at += PIECE) {
            out.write(body, at, Math.min(PIECE, body.length - at));
        }
    }

    static void error(HttpServletResponse response, HttpError error) throws IOException {
        JsonObject body =
                JsonObject.builder().put("error", error.body().toJson().build()).build();
        json(response, error.status(), body);
    }

    static void bytes(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
