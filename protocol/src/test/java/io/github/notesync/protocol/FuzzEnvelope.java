package io.github.notesync.protocol;

/** Fuzz target: an envelope, and what its JSON may be, is refused with a code or comes back as it was. */
public final class FuzzEnvelope {
    private FuzzEnvelope() {}

    public static void fuzzerTestOneInput(byte[] data) throws ProtocolException {
        JsonObject json;
        try {
            Envelope envelope = Envelope.parse(data);
            json = envelope.json();
            if (!Envelope.parse(envelope.bytes()).json().equals(json)) {
                throw new AssertionError("the envelope means something else when it is read again");
            }
        } catch (ProtocolException e) {
            return;
        }
        attempt(() -> BatchDescriptor.fromJson(json));
        attempt(() -> Hello.fromJson(json));
        attempt(() -> Change.fromJson(json));
        attempt(() -> Entry.fromJson(json));
        attempt(() -> ErrorBody.fromJson(json));
    }

    private interface Reading {
        Object read() throws ProtocolException;
    }

    private static void attempt(Reading reading) {
        try {
            reading.read();
        } catch (ProtocolException e) {
            // refused with a code, as it may be
        }
    }
}
