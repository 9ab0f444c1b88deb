package io.github.notesync.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Decides which targets a symbolic link may have ({@code PROTOCOL.md} 2.2). Pure. */
final class SymlinkTarget {
    private SymlinkTarget() {}

    /** Half a sentence why the link at {@code path} must not point to {@code target}; null when it may. */
    static @Nullable String refusal(RelativePath path, String target) {
        if (target.isEmpty()) {
            return "its target is empty";
        }
        if (PathRules.hasLoneSurrogate(target)
                || target.chars().anyMatch(c -> c < 0x20 || c == 0x7F || c == '\\')
                || target.getBytes(StandardCharsets.UTF_8).length > Limits.PATH_BYTES_MAX) {
            return "its target has a control character or a backslash, is not valid Unicode or too long";
        }
        if (target.startsWith("/") || target.matches("[A-Za-z]:.*")) {
            return "its target is absolute";
        }
        int depth = path.depth() - 1;
        for (String component : target.split("/", -1)) {
            if (component.equals("..")) {
                depth--;
            } else if (!component.isEmpty() && !component.equals(".")) {
                depth++;
            }
            if (depth < 0) {
                return "its target leaves the root";
            }
        }
        return null;
    }
}
