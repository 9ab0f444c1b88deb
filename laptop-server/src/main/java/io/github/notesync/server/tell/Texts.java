package io.github.notesync.server.tell;

import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every event with its words; the one place for what the user reads in the terminal. Pure. */
public final class Texts {
    static final String MORE_PROBLEMS = "and more that are not sent: the dashboard names them all";

    private static final long LARGE = 1 << 20;

    private Texts() {}

    public static Event listening(int port) {
        return new Event("listening", JsonObject.builder().put("port", port).build(), null);
    }

    /** @param millis since the program began */
    public static Event ready(
            String roots,
            String project,
            int port,
            String dashboard,
            long files,
            long bytes,
            Cursor cursor,
            long millis) {
        String url = "http://127.0.0.1:" + port;
        JsonObject fields = JsonObject.builder()
                .put("root", roots)
                .put("project", project)
                .put("port", port)
                .put("url", url)
                .put("dashboard", dashboard)
                .put("files", files)
                .put("bytes", bytes)
                .put("cursor", cursor.toJson())
                .put("millis", millis)
                .build();
        String page = port == 8765 ? "" : " --page " + url;
        return new Event(
                "ready",
                fields,
                "serving " + roots + " (" + Sizes.count(files, "file") + ", " + Sizes.bytes(bytes) + ") at " + url
                        + "\ndashboard: " + dashboard
                        + "\nin the notebook:\n    %pip install notesync\n    %load_ext notesync\n    %notesync connect"
                        + page);
    }

    public static Event pairing(Id pairing, String origin, String kind, String label, String machine, String root) {
        JsonObject fields = JsonObject.builder()
                .put("pairing", pairing.hex())
                .put("origin", origin)
                .put("kind", kind)
                .put("label", label)
                .put("machine", machine)
                .build();
        String who = (label.isBlank() ? "a notebook" : "'" + label + "'") + (machine.isBlank() ? "" : " on " + machine);
        String from = kind.equals("kernel") ? " (directly, without a browser)" : " (" + origin + ")";
        return new Event(
                "pairing",
                fields,
                who + from + " asks to read " + root
                        + ".\nType the code that the notebook shows and press Enter to allow it, or n to refuse."
                        + "\nWith ' keep' behind the code it stays allowed when this server is started again:");
    }

    public static Event paired(Id pairing, String origin, String label) {
        return ofPairing(
                "paired",
                pairing,
                origin,
                label,
                "allowed: '" + label + "' may read the project; to end that, type: revoke " + label);
    }

    public static Event denied(Id pairing, String origin, String label) {
        return ofPairing("denied", pairing, origin, label, "refused: '" + label + "'");
    }

    public static Event wrongCodes(Id pairing, String origin, String label) {
        return ofPairing(
                "denied",
                pairing,
                origin,
                label,
                "refused: '" + label + "', after three wrong codes; connect again in the notebook for a new one");
    }

    public static Event expired(Id pairing, String origin, String label) {
        return ofPairing(
                "expired",
                pairing,
                origin,
                label,
                "too late for the code of '" + label + "'; connect again in the notebook for a new one");
    }

    public static Event nobodyAsks() {
        return notice("no notebook waits for a code; connect again in the notebook for a new one");
    }

    public static Event revoked(Id pairing, String origin, String label) {
        return ofPairing("revoked", pairing, origin, label, "ended: '" + label + "' may no longer read the project");
    }

    /** @param allowed the names of those who may read now */
    public static Event notAllowed(String name, List<String> allowed) {
        return notice("no notebook '" + name + "' may read the project; "
                + (allowed.isEmpty() ? "nobody may" : "who may: " + String.join(", ", allowed)));
    }

    public static Event noCode() {
        return notice("a code has six characters, as the notebook shows them; type it once more, or n to refuse:");
    }

    public static Event wrongCode(Id pairing, String origin, String label) {
        return ofPairing(
                "wrong_code",
                pairing,
                origin,
                label,
                "that is not the code which '" + label + "' shows; look again, or n to refuse:");
    }

    private static Event ofPairing(String name, Id pairing, String origin, String label, String text) {
        JsonObject fields = JsonObject.builder()
                .put("pairing", pairing.hex())
                .put("origin", origin)
                .put("label", label)
                .build();
        return new Event(name, fields, text);
    }

    public static Event replica(Id replica, String label) {
        JsonObject fields = JsonObject.builder()
                .put("replica", replica.hex())
                .put("label", label)
                .build();
        return new Event("replica", fields, label + " follows this project");
    }

    /** @param millis from the first event of the save to the sequence */
    public static Event sequence(Cursor cursor, List<String> paths, int changes, long millis) {
        JsonObject fields = JsonObject.builder()
                .put("cursor", cursor.toJson())
                .put("sequence", cursor.sequence())
                .put("changes", changes)
                .put("paths", paths)
                .put("millis", millis)
                .build();
        String what = changes == 1 ? paths.get(0) : Sizes.count(changes, "change");
        return new Event("sequence", fields, "#" + cursor.sequence() + "  " + what);
    }

    public static Event batch(Id replica, String label, BatchDescriptor batch, long payloadBytes) {
        JsonObject fields = JsonObject.builder()
                .put("replica", replica.hex())
                .put("batch", batch.batch().hex())
                .put("kind", batch.from() == null ? "full" : "delta")
                .put("sequence", batch.to().sequence())
                .put("changes", batch.changes())
                .put("bytes", payloadBytes)
                .put("stream_size", batch.streamSize())
                .build();
        // A small one is applied before anybody has read that it goes.
        String line = payloadBytes < LARGE
                ? null
                : "#" + batch.to().sequence() + "  → " + label + ": " + Sizes.count(batch.changes(), "change") + ", "
                        + Sizes.bytes(payloadBytes);
        return new Event("batch", fields, line);
    }

    public static Event report(Id replica, String label, JsonObject report) {
        String state = String.valueOf(report.fields().get("state"));
        JsonObject.Builder fields = JsonObject.builder().put("replica", replica.hex());
        report.fields().forEach(fields::put);
        return new Event(state, fields.build(), ReportTexts.line(label, state, report));
    }

    public static Event problem(String path, String code, String message, String remedy) {
        JsonObject fields = JsonObject.builder()
                .put("path", path)
                .put("code", code)
                .put("message", message)
                .put("remedy", remedy)
                .build();
        return new Event("problem", fields, Shown.of(message + ". To do: " + remedy));
    }

    public static Event notice(String text) {
        return new Event("notice", JsonObject.builder().put("message", text).build(), text);
    }

    public static Event stopped() {
        return new Event("stopped", JsonObject.builder().build(), "stopped");
    }

    /** How far a batch is; {@code of} is null while its length is not known. */
    public static Meter carrying(String label, Cursor to, long bytes, @Nullable Long of) {
        String line = "#" + to.sequence() + "  → " + label + ": " + Sizes.bytes(bytes)
                + (of == null ? "" : " of " + Sizes.bytes(of));
        return new Meter(line, bytes, of == null ? 0 : of);
    }

    /** How far the first scan is. */
    public static Meter reading(long files, long ofFiles, long bytes, long ofBytes) {
        String line =
                "reading " + Sizes.count(ofFiles, "file") + ", " + Sizes.bytes(bytes) + " of " + Sizes.bytes(ofBytes);
        return new Meter(line, files, ofFiles);
    }
}
