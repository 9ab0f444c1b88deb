package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The grants that the user wants remembered, by the digest of their token, in a directory that nobody else may enter. The
 * token itself is never written. A file that cannot be read grants nothing. One thread at a time.
 */
final class GrantsFile {
    private final Path file;

    GrantsFile(Path file) {
        this.file = file;
    }

    Map<Digest, Grant> read() {
        Map<Digest, Grant> grants = new HashMap<>();
        try {
            for (JsonObject each : ProtocolJson.parse(Files.readAllBytes(file)).objects("grants")) {
                grants.put(Digest.parse(each.string("token")), Grant.fromJson(each));
            }
            return grants;
        } catch (IOException e) {
            return new HashMap<>();
        }
    }

    void write(Map<Digest, Grant> grants) throws IOException {
        List<JsonObject> kept = new ArrayList<>();
        grants.forEach((token, grant) -> {
            if (grant.remembered()) {
                kept.add(grant.toJson().put("token", token.hex()).build());
            }
        });
        if (kept.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.write(
                written,
                ProtocolJson.bytes(JsonObject.builder().put("grants", kept).build()));
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
