package io.github.notesync.server.serve;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Requests written byte by byte: no client that is polite by itself. */
final class Http {
    private final int port;
    private final Map<String, String> headers = new LinkedHashMap<>();

    record Answer(int status, Map<String, String> headers, byte[] body) {
        JsonObject json() throws IOException {
            return ProtocolJson.parse(body);
        }

        String code() throws IOException {
            return json().object("error").string("code");
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    Http(int port) {
        this.port = port;
        headers.put("Host", "127.0.0.1:" + port);
        headers.put("Connection", "close");
    }

    Http header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    Http token(String token) {
        return header("Authorization", "Bearer " + token);
    }

    Answer get(String path) throws IOException {
        return send("GET", path, new byte[0]);
    }

    Answer post(String path, JsonObject body) throws IOException {
        headers.putIfAbsent("Content-Type", "application/json");
        return send("POST", path, ProtocolJson.bytes(body));
    }

    Answer send(String method, String path, byte[] body) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        if (!method.equals("GET")
                && !headers.containsKey("Content-Length")
                && !headers.containsKey("Transfer-Encoding")) {
            request.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return raw((request + "\r\n").getBytes(StandardCharsets.UTF_8), body);
    }

    Answer raw(byte[] head, byte[] body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(head);
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return answer(socket.getInputStream().readAllBytes());
        }
    }

    private static Answer answer(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Answer(0, Map.of(), new byte[0]);
        }
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(bytes, end + 4, bytes.length - end - 4);
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, body.toByteArray());
    }
}
