package io.github.notesync.server.scan;

import java.util.List;
import java.util.Set;

/**
 * What one scan found besides what moved, which the index notes.
 *
 * @param unstable directories with a file that was changing while it was read: look again soon
 * @param appeared problems that were not there before
 */
public record ScanResult(Set<String> unstable, List<Problem> appeared) {
    public ScanResult {
        unstable = Set.copyOf(unstable);
        appeared = List.copyOf(appeared);
    }
}
