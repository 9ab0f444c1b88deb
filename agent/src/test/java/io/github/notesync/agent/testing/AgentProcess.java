package io.github.notesync.agent.testing;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real agent in a process of its own, which ends with the test. */
public final class AgentProcess implements AutoCloseable {
    private final Process process;
    private final Path state;
    private final JsonObject line;

    private AgentProcess(Process process, Path state, JsonObject line) {
        this.process = process;
        this.state = state;
        this.line = line;
    }

    /** Starts one and waits for its line on standard output. */
    public static AgentProcess start(Path state, String... options) throws IOException {
        return start(List.of(), state, options);
    }

    /** @param before a command that starts the command, such as {@code sh -c 'umask 000; exec "$@"' sh} */
    public static AgentProcess start(List<String> before, Path state, String... options) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:+UseSerialGC", "-Xmx96m", "-XX:MaxDirectMemorySize=64m", "-Xss512k", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.github.notesync.agent.Main"));
        command.addAll(List.of("--state", state.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        // Beside the state directory, so that it survives a test which deletes that.
        builder.redirectError(ProcessBuilder.Redirect.appendTo(
                state.resolveSibling(state.getFileName() + ".stderr").toFile()));
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        return new AgentProcess(
                process, state, line == null ? JsonObject.builder().build() : ProtocolJson.parse(line));
    }

    /** What it said when it was ready. */
    public JsonObject line() {
        return line;
    }

    public Process process() {
        return process;
    }

    public JsonObject connection() throws IOException {
        try (var files = Files.list(state)) {
            Path file = files.filter(each -> each.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow();
            return ProtocolJson.parse(Files.readAllBytes(file));
        }
    }

    /** {@code kill -9}. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    public boolean endsWithin(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
