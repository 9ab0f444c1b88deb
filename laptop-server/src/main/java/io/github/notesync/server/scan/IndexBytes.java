package io.github.notesync.server.scan;

import io.github.notesync.protocol.ChunkList;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The bytes of an {@link IndexFile} whose check sum is right, read from the front. One thread. */
final class IndexBytes {
    private final byte[] bytes;
    private final ByteBuffer in;

    IndexBytes(byte[] bytes, int length) {
        this.bytes = bytes;
        this.in = ByteBuffer.wrap(bytes, 0, length);
    }

    String text() {
        int length = in.getInt();
        int at = in.position();
        in.position(at + length);
        return new String(bytes, at, length, StandardCharsets.UTF_8);
    }

    /** Everything behind the first text. */
    Index index(ChunkLists chunkLists) throws java.io.IOException {
        Index index = new Index();
        for (int directories = in.getInt(); directories > 0; directories--) {
            String directory = text();
            int count = in.getInt();
            Map<String, Item> items = new HashMap<>(count * 4 / 3 + 1);
            for (int i = 0; i < count; i++) {
                String name = text();
                items.put(name, item(new RelativePath(Index.child(directory, name))));
            }
            index.put(directory, items);
        }
        for (int length = in.getInt(); length > 0; length = in.getInt()) {
            Digest digest = digest();
            byte[] chunks = new byte[length];
            in.get(chunks);
            chunkLists.put(digest, ChunkList.decode(chunks));
        }
        return index;
    }

    private Item item(RelativePath path) {
        Stat.Kind kind = Stat.Kind.of(in.get());
        int flags = in.get();
        boolean executable = (flags & IndexFile.EXECUTABLE) != 0;
        long size = in.getLong();
        Stat stat = new Stat(kind, size, in.getLong(), in.getLong(), in.getLong(), executable);
        String diskName = (flags & IndexFile.SPELLED) == 0 ? null : text();
        Entry entry = switch (kind) {
            case FILE -> new Entry.File(path, size, digest(), executable);
            case DIRECTORY -> new Entry.Directory(path);
            default -> new Entry.Symlink(path, text());
        };
        return new Item(entry, stat, (flags & IndexFile.RACY) != 0, diskName);
    }

    private Digest digest() {
        return new Digest(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
