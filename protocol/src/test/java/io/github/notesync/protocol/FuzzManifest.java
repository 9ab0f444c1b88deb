package io.github.notesync.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Fuzz target: a manifest is refused with a code, or means the same when it is written and read again. */
public final class FuzzManifest {
    private FuzzManifest() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Manifest manifest;
        try {
            manifest = Manifest.parse(data);
        } catch (ProtocolException e) {
            return;
        }
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        manifest.writeTo(again);
        if (!Manifest.parse(again.toByteArray()).equals(manifest)) {
            throw new AssertionError("the manifest means something else when it is read again");
        }
    }
}
