package io.github.notesync.server.tell;

import io.github.notesync.protocol.JsonObject;
import org.jspecify.annotations.Nullable;

/** What happened to a batch, in one line. Pure; what a report leaves out is left out. */
final class ReportTexts {
    private ReportTexts() {}

    /** Null where people need not know. */
    static @Nullable String line(String label, String state, JsonObject report) {
        String at = sequence(report);
        String error = text(report, "error", "message");
        return switch (state) {
            case "applied" -> at + "  ✓ " + label + ": applied" + millis(report);
            case "reloaded" -> {
                String line = text(report, "reload", "line");
                yield line.isEmpty() ? null : at + "  ✓ " + label + ": " + line;
            }
            case "waiting" -> at + "  … " + label + ": waits until the running cell ends";
            case "held" -> at + "  ‖ " + label + ": was rolled back and stays there until %notesync resume";
            case "halted" ->
                at + "  ? " + label + ": " + (error.isEmpty() ? "" : error + "; ")
                        + "waits for your answer: %notesync confirm or decline in the notebook, or on the dashboard";
            case "refused" -> at + "  ✗ " + label + ": " + (error.isEmpty() ? "refused the batch" : error);
            default -> null;
        };
    }

    private static String sequence(JsonObject report) {
        return report.fields().get("cursor") instanceof JsonObject cursor
                ? "#" + cursor.fields().get("sequence")
                : "#0";
    }

    private static String millis(JsonObject report) {
        return report.fields().get("timings") instanceof JsonObject timings
                        && timings.fields().get("applied") instanceof Long applied
                ? " in " + applied + " ms"
                : "";
    }

    private static String text(JsonObject report, String object, String field) {
        return report.fields().get(object) instanceof JsonObject inner
                        && inner.fields().get(field) instanceof String text
                ? text
                : "";
    }
}
