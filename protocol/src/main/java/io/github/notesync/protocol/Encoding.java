package io.github.notesync.protocol;

import java.util.Locale;

/** How a batch stream is encoded as a whole. */
public enum Encoding {
    IDENTITY,
    GZIP;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Encoding parse(String code) throws ProtocolException {
        for (Encoding each : values()) {
            if (each.code().equals(code)) {
                return each;
            }
        }
        throw ProtocolException.badRequest("encoding " + Quoted.of(code) + " is unknown");
    }
}
