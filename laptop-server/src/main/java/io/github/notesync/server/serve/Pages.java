package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import javax.servlet.http.HttpServletResponse;

/**
 * The pages, their styles and scripts: fixed bytes from the jar. They hold no secret and no name; what they show they ask
 * for with the key. No page may be framed, run foreign code or send anything anywhere else.
 */
final class Pages {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** What is served under which path: file and type. */
    static final Map<String, String[]> FILES = Map.of(
            "/", new String[] {"dashboard.html", HTML},
            "/pair", new String[] {"pair.html", HTML},
            "/bridge", new String[] {"bridge.html", HTML},
            "/dashboard.js", new String[] {"dashboard.js", SCRIPT},
            "/pair.js", new String[] {"pair.js", SCRIPT},
            "/bridge.js", new String[] {"bridge.js", SCRIPT},
            "/approval.js", new String[] {"approval.js", SCRIPT},
            "/notesync.css", new String[] {"notesync.css", STYLE});

    private Pages() {}

    static void send(Caller caller, String path) throws IOException {
        String[] file = FILES.get(path);
        if (file == null || isFramed(caller)) {
            throw HttpError.of(404, ErrorCode.NOT_FOUND, "there is nothing under this address");
        }
        try (InputStream in = Pages.class.getResourceAsStream("/pages/" + file[0])) {
            if (in == null) {
                throw HttpError.of(404, ErrorCode.NOT_FOUND, "there is nothing under this address");
            }
            HttpServletResponse response = caller.response;
            response.setHeader("Content-Security-Policy", POLICY);
            response.setHeader("X-Frame-Options", "DENY");
            response.setHeader("Referrer-Policy", "no-referrer");
            if (path.equals("/") || path.equals("/pair")) {
                // Nobody who opened it may script it; the popup must stay connected to its opener.
                response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
            }
            Answers.bytes(response, 200, file[1], in.readAllBytes());
        }
    }

    private static boolean isFramed(Caller caller) {
        String destination = caller.request.getHeader("Sec-Fetch-Dest");
        return destination != null
                && (destination.endsWith("frame") || destination.equals("object") || destination.equals("embed"));
    }
}
