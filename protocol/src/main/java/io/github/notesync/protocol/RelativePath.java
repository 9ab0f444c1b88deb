package io.github.notesync.protocol;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A path below a root, as every part of notesync writes it: {@code /} between components, Unicode NFC, and nothing that
 * leaves the root or that another operating system cannot store ({@code PROTOCOL.md} 2.1). Valid once constructed.
 * Ordered by code point, so a parent comes before its children.
 */
public final class RelativePath implements Comparable<RelativePath> {
    private final String value;

    /** @throws IllegalArgumentException if {@code value} is refused; what came from a peer goes through {@link #parse} */
    public RelativePath(String value) {
        this(value, PathRules.refusal(value));
    }

    private RelativePath(String value, @Nullable PathReason refusal) {
        if (refusal != null) {
            throw new IllegalArgumentException("path " + Quoted.of(value) + " is refused: " + refusal.text());
        }
        this.value = value;
    }

    /** @throws ProtocolException {@code path_refused}, with the reason */
    public static RelativePath parse(String text) throws ProtocolException {
        try {
            return new RelativePath(text);
        } catch (IllegalArgumentException e) {
            throw ProtocolException.pathRefused(text, refusal(text).orElseThrow(() -> e));
        }
    }

    /** Why {@code text} would be refused, or empty when it is a path. */
    public static Optional<PathReason> refusal(String text) {
        return Optional.ofNullable(PathRules.refusal(text));
    }

    public String value() {
        return value;
    }

    /** The directory that holds this entry; null when that is the root. */
    public @Nullable RelativePath parent() {
        int slash = value.lastIndexOf('/');
        // What every rule allows of a path, it allows of what stands above.
        return slash < 0 ? null : new RelativePath(value.substring(0, slash), null);
    }

    /** The last component. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The number of components, at least 1. */
    public int depth() {
        return 1 + (int) value.chars().filter(c -> c == '/').count();
    }

    /** The path of {@code name} inside this directory. */
    public RelativePath child(String name) {
        return new RelativePath(value + "/" + name);
    }

    /** Whether {@code other} is somewhere below this path. */
    public boolean isAncestorOf(RelativePath other) {
        return other.value.length() > value.length()
                && other.value.charAt(value.length()) == '/'
                && other.value.startsWith(value);
    }

    /** Equal for two paths that a file system which ignores case would take for one. */
    public String collisionKey() {
        return CaseFold.fold(value);
    }

    @Override
    public int compareTo(RelativePath other) {
        String a = value;
        String b = other.value;
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.compare(codePointRank(x), codePointRank(y));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** UTF-16 puts surrogates below U+E000–U+FFFF; code points have them above. */
    private static char codePointRank(char c) {
        if (c >= 0xE000) {
            return (char) (c - 0x800);
        }
        return Character.isSurrogate(c) ? (char) (c + 0x2000) : c;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RelativePath that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
