package io.github.notesync.agent.journal;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;

/** An entry as one line of text, without its line feed: neither a path nor a target can hold a control character. */
final class EntryLine {
    private EntryLine() {}

    static String write(Entry entry) {
        if (entry instanceof Entry.File file) {
            return "f " + file.digest() + (file.executable() ? " 1 " : " 0 ") + file.size() + " " + file.path();
        }
        if (entry instanceof Entry.Symlink link) {
            return "l " + link.path() + "\t" + link.target();
        }
        return "d " + entry.path();
    }

    /** @throws ProtocolException if it is no such line */
    static Entry read(String line) throws ProtocolException {
        try {
            String rest = line.substring(2);
            return switch (line.charAt(0)) {
                case 'f' -> file(rest);
                case 'd' -> new Entry.Directory(RelativePath.parse(rest));
                case 'l' -> link(rest);
                default -> throw damaged(line);
            };
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            ProtocolException damaged = damaged(line);
            damaged.initCause(e);
            throw damaged;
        }
    }

    private static Entry file(String rest) throws ProtocolException {
        int size = rest.indexOf(' ', 67);
        return new Entry.File(
                RelativePath.parse(rest.substring(size + 1)),
                Long.parseLong(rest.substring(67, size)),
                Digest.parse(rest.substring(0, 64)),
                rest.charAt(65) == '1');
    }

    private static Entry link(String rest) throws ProtocolException {
        int tab = rest.indexOf('\t');
        return new Entry.Symlink(RelativePath.parse(rest.substring(0, tab)), rest.substring(tab + 1));
    }

    private static ProtocolException damaged(String line) {
        return JournalReader.damaged("no entry: " + line);
    }
}
