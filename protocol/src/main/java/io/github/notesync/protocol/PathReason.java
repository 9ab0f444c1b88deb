package io.github.notesync.protocol;

import java.util.Locale;

/**
 * Why a text is no path of this protocol, in the order in which the reasons are looked for ({@code PROTOCOL.md} 2.1).
 */
public enum PathReason {
    EMPTY("it is empty"),
    ABSOLUTE("it starts at the root of the file system"),
    DOT("it has a component that is empty, '.' or '..'"),
    CONTROL("it has a control character"),
    BACKSLASH("it has a backslash"),
    RESERVED("Windows cannot store the name"),
    PRIVATE("it names .git or .notesync"),
    NOT_UTF8("its name is not valid Unicode"),
    NOT_NFC("its name is not in Unicode normal form NFC"),
    TOO_LONG("it is longer than 1024 bytes, has a component over 255 bytes or more than 64 components"),
    COLLISION("another path differs from it only by case");

    private final String text;

    PathReason(String text) {
        this.text = text;
    }

    /** The reason as it travels, such as {@code not_nfc}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Half a sentence for people. */
    public String text() {
        return text;
    }
}
