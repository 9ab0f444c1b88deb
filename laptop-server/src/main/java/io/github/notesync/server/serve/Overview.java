package io.github.notesync.server.serve;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.ignore.Verdict;
import io.github.notesync.server.pairing.Pairings;
import io.github.notesync.server.pairing.Tokens;
import io.github.notesync.server.scan.Problem;
import io.github.notesync.server.tell.Meter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Everything that the dashboard shows, as JSON. Any thread. */
final class Overview {
    private static final int IGNORED_SHOWN = 500;

    private final Source source;
    private final Pairings pairings;
    private final Tokens tokens;
    private final Replicas replicas;
    private final Timeline timeline;

    Overview(Source source, Pairings pairings, Tokens tokens, Replicas replicas, Timeline timeline) {
        this.source = source;
        this.pairings = pairings;
        this.tokens = tokens;
        this.replicas = replicas;
        this.timeline = timeline;
    }

    String root() {
        return source.roots().text();
    }

    JsonObject toJson() {
        Source.State state = source.state();
        return JsonObject.builder()
                .put("now", System.currentTimeMillis())
                .put("root", root())
                .put("state", state.phase().name().toLowerCase(Locale.ROOT))
                .put("why", state.why())
                .put("progress", progress())
                .put("project", new ProjectDescription(source).toJson())
                .put(
                        "replicas",
                        replicas.all().stream()
                                .map(each -> each.toJson().build())
                                .toList())
                .put("events", timeline.recent())
                .put(
                        "problems",
                        source.findings().problems().stream()
                                .map(Overview::problem)
                                .toList())
                .put(
                        "ignored",
                        source.findings().ignored(IGNORED_SHOWN).stream()
                                .map(Overview::ignored)
                                .toList())
                .put(
                        "pending",
                        pairings.pending().stream().map(Overview::pending).toList())
                .put(
                        "pairings",
                        tokens.all().stream().map(each -> each.toJson().build()).toList())
                .build();
    }

    private @Nullable JsonObject progress() {
        Meter meter = timeline.current();
        return meter == null
                ? null
                : JsonObject.builder()
                        .put("line", meter.line())
                        .put("percent", meter.percent())
                        .build();
    }

    private static JsonObject problem(Problem problem) {
        return JsonObject.builder()
                .put("path", problem.path())
                .put("code", problem.code())
                .put("message", problem.message())
                .put("remedy", problem.remedy())
                .build();
    }

    private static JsonObject ignored(Verdict verdict) {
        return JsonObject.builder()
                .put("path", verdict.at())
                .put("rule", verdict.rule() == null ? "" : verdict.rule().text())
                .put("file", verdict.rule() == null ? "" : verdict.rule().file())
                .put("line", verdict.rule() == null ? 0 : verdict.rule().line())
                .build();
    }

    private static JsonObject pending(Pairings.Pending pending) {
        return pending.client()
                .toJson()
                .put("pairing", pending.id().hex())
                .put("since", pending.since())
                .put("expires", pending.since() + Pairings.ANSWER_MILLIS)
                .build();
    }
}
