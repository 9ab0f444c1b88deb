package io.github.notesync.server;

import io.github.notesync.protocol.Protocol;
import picocli.CommandLine.IVersionProvider;

/** The answer to --version. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "notesync server " + Main.version() + " (protocol " + Protocol.PROTOCOL_VERSION + ", Java "
                    + Runtime.version().feature() + ")"
        };
    }
}
