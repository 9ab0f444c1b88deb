package io.github.notesync.agent.receive;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Protocol;
import io.github.notesync.protocol.ProtocolJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * The connection file, by which kernels find the agent: port, key and who serves. It holds the secret, so it is created
 * with mode 0600, whatever the umask, and appears by rename: whoever sees it sees all of it.
 */
public final class Connection {
    private final Path file;
    private final byte[] content;
    private final int port;

    public Connection(Path file, String version, int port, String key, Machine machine) {
        this.file = file;
        this.port = port;
        this.content = ProtocolJson.bytes(JsonObject.builder()
                .put("notesync", "agent")
                .put("protocol", Protocol.PROTOCOL_VERSION)
                .put("version", version)
                .put("port", port)
                .put("key", key)
                .put("pid", ProcessHandle.current().pid())
                .put("started", machine.started(ProcessHandle.current().pid()))
                .put("java", System.getProperty("java.version", "unknown"))
                .build());
    }

    public int port() {
        return port;
    }

    public void publish() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (var out = Files.newByteChannel(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            out.write(ByteBuffer.wrap(content));
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether it is still the one that this agent wrote. */
    public boolean isOurs() {
        try {
            return Arrays.equals(Files.readAllBytes(file), content);
        } catch (IOException gone) {
            return false;
        }
    }

    public void remove() {
        try {
            if (isOurs()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            // The next agent replaces it.
        }
    }

    /** The pid that a connection file names; 0 if it cannot be read. */
    public static long pid(Path file) {
        try {
            return ProtocolJson.parse(Files.readAllBytes(file)).integer("pid");
        } catch (IOException e) {
            return 0;
        }
    }
}
