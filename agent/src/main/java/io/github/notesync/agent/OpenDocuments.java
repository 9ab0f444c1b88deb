package io.github.notesync.agent;

import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which files of a replica are open documents of its kernels' front ends. Only for the replica's thread. */
final class OpenDocuments {
    private final Map<Kernel, Set<RelativePath>> byKernel = new HashMap<>();

    /** @throws ProtocolException what is no path of a replica */
    static Set<RelativePath> parse(List<String> paths) throws ProtocolException {
        Set<RelativePath> parsed = new HashSet<>();
        for (String path : paths) {
            parsed.add(RelativePath.parse(path));
        }
        return parsed;
    }

    void are(Kernel kernel, Set<RelativePath> paths) {
        byKernel.put(kernel, paths);
    }

    void forget(Kernel kernel) {
        byKernel.remove(kernel);
    }

    Set<RelativePath> all() {
        Set<RelativePath> all = new HashSet<>();
        byKernel.values().forEach(all::addAll);
        return all;
    }
}
