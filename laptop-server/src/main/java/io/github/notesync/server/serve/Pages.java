package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.servlet.http.HttpServletResponse;

/**
 * The pages, their styles and scripts: fixed bytes from the jar. They hold no secret and no name; what they show they ask
 * for with the key. No page may be framed, run foreign code or send anything anywhere else.
 */
final class Pages {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final List<String> SCRIPTS = List.of(
            "approval.js", "batches.js", "bridge.js", "dashboard.js", "format.js", "key.js", "pair.js", "replicas.js");

    private static final String POLICY =
            "default-src 'none'; script-src 'self'%s; style-src 'self'; connect-src 'self';"
                    + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Pattern INLINE = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

    /** What is served: the path, its file and its type. */
    private static final Map<String, Page> FILES = files();

    private record Page(String file, String type) {}

    private static Map<String, Page> files() {
        Map<String, Page> files = new LinkedHashMap<>();
        files.put("/", new Page("dashboard.html", HTML));
        files.put("/pair", new Page("pair.html", HTML));
        files.put("/bridge", new Page("bridge.html", HTML));
        files.put("/notesync.css", new Page("notesync.css", STYLE));
        files.put("/dashboard.css", new Page("dashboard.css", STYLE));
        for (String script : SCRIPTS) {
            files.put("/" + script, new Page(script, SCRIPT));
        }
        return files;
    }

    private Pages() {}

    /** Every path that is served. */
    static Set<String> paths() {
        return FILES.keySet();
    }

    static void send(Caller caller, String path) throws IOException {
        Page page = FILES.get(path);
        if (page == null || isFramed(caller)) {
            throw HttpError.of(404, ErrorCode.NOT_FOUND, "there is nothing under this address");
        }
        try (InputStream in = Pages.class.getResourceAsStream("/pages/" + page.file())) {
            if (in == null) {
                throw HttpError.of(404, ErrorCode.NOT_FOUND, "there is nothing under this address");
            }
            HttpServletResponse response = caller.response;
            byte[] content = in.readAllBytes();
            response.setHeader("Content-Security-Policy", policyOf(content));
            response.setHeader("X-Frame-Options", "DENY");
            response.setHeader("Referrer-Policy", "no-referrer");
            if (path.equals("/") || path.equals("/pair")) {
                // Nobody who opened it may script it; the popup must stay connected to its opener.
                response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
            }
            Answers.bytes(response, 200, page.type(), content);
        }
    }

    /** The policy of a page, which lets its own inline script run and no other. */
    private static String policyOf(byte[] content) {
        Matcher inline = INLINE.matcher(new String(content, StandardCharsets.UTF_8));
        return POLICY.formatted(inline.find() ? " 'sha256-" + sha256(inline.group(1)) + "'" : "");
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean isFramed(Caller caller) {
        String destination = caller.request.getHeader("Sec-Fetch-Dest");
        return destination != null
                && (destination.endsWith("frame") || destination.equals("object") || destination.equals("embed"));
    }
}
