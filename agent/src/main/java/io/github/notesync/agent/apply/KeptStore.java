package io.github.notesync.agent.apply;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Mover;
import io.github.notesync.agent.disk.OutputFile;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.journal.Layout;
import io.github.notesync.agent.journal.Workspace;
import io.github.notesync.agent.plan.Kept;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user's bytes that were in the way, and the laptop's of what is open here: {@code .notesync/kept/<id>/content}, with
 * {@code about} beside it, which says what, when and why. {@code about} is written first: a directory without content was
 * never filled. Only for the replica's thread.
 */
public final class KeptStore {
    private final Directory kept;

    public KeptStore(Directory kept) {
        this.kept = kept;
    }

    /** One thing that was kept. */
    public record Item(Id id, JsonObject about) {
        public RelativePath path() throws ProtocolException {
            return RelativePath.parse(about.string("path"));
        }

        /** The fields of the contract. */
        public JsonObject toJson() {
            JsonObject.Builder json = JsonObject.builder().put("id", id.hex());
            about.fields().forEach(json::put);
            return json.build();
        }
    }

    /**
     * Keeps what has {@code name} in {@code from}; afterwards it is there no more.
     *
     * @param sequence of the batch that it was in the way of
     */
    Item take(Directory from, String name, RelativePath path, String why, long sequence) throws IOException {
        Stat stat = from.stat(name);
        boolean file = stat != null && stat.kind() == Kind.FILE;
        Item item = announce(
                Id.random(),
                path,
                why,
                sequence,
                stat == null ? 0 : stat.size(),
                file ? Observer.digest(from, name) : null);
        try (Directory directory = kept.open(item.id().hex())) {
            Mover.move(from, name, directory, Layout.KEPT_CONTENT);
            directory.force();
        }
        return item;
    }

    /** Takes the space for what {@code undo/} will hold, while the batch can still be refused. */
    Item announce(long transaction, Kept what, long sequence, long size, @Nullable Digest digest) throws IOException {
        Id id = id(transaction, what);
        Workspace.deleteAll(kept, id.hex());
        return announce(id, what.path(), what.why(), sequence, size, digest);
    }

    private Item announce(Id id, RelativePath path, String why, long sequence, long size, @Nullable Digest digest)
            throws IOException {
        JsonObject about = JsonObject.builder()
                .put("path", path.value())
                .put("why", why)
                .put("when", System.currentTimeMillis())
                .put("sequence", sequence)
                .put("size", size)
                .put("digest", digest == null ? null : digest.hex())
                .build();
        kept.makeDirectory(id.hex(), true);
        try (Directory item = kept.open(id.hex());
                OutputFile out = item.create(Layout.KEPT_ABOUT, false)) {
            out.write(ByteBuffer.wrap(ProtocolJson.bytes(about)));
            out.force();
            item.force();
        }
        kept.force();
        return new Item(id, about);
    }

    /** Gives the space back: the batch was refused. */
    void withdraw(long transaction, Kept what) throws IOException {
        drop(id(transaction, what));
    }

    /** Forgets the laptop's earlier versions of an open document. */
    void dropOpen(RelativePath path) throws IOException {
        for (Item item : list()) {
            if (item.about().string("why").equals(Kept.OPEN) && item.path().equals(path)) {
                drop(item.id());
            }
        }
    }

    /** Moves or links what was announced from where it is, if that was not done yet, or only in part. */
    void fill(long transaction, Kept what, Workspace workspace) throws IOException {
        Directory from = what.isTheLaptops() ? workspace.stage() : workspace.undo();
        String slot = Layout.slot(what.slot());
        Stat stat = from.stat(slot);
        try (Directory item = kept.open(id(transaction, what).hex())) {
            if (stat == null) {
                return;
            }
            if (stat.kind() != Kind.FILE) {
                Mover.move(from, slot, item, Layout.KEPT_CONTENT);
            } else if (!isFilled(item, from, slot, stat)) {
                Workspace.deleteAll(item, Layout.KEPT_CONTENT);
                Mover.duplicate(from, slot, item, Layout.KEPT_CONTENT);
            }
            item.force();
        }
    }

    /** Whether the content of what was announced is there, if only in part. */
    boolean isFilled(long transaction, Kept what) throws IOException {
        try (Directory item = open(id(transaction, what))) {
            return item != null && item.stat(Layout.KEPT_CONTENT) != null;
        }
    }

    private static boolean isFilled(Directory item, Directory undo, String slot, Stat saved) throws IOException {
        Stat there = item.stat(Layout.KEPT_CONTENT);
        return there != null
                && (there.key().equals(saved.key())
                        || Observer.digest(item, Layout.KEPT_CONTENT).equals(Observer.digest(undo, slot)));
    }

    /** The batch is taken back, and what was kept goes where it was. */
    void unfill(long transaction, Kept what, Directory undo) throws IOException {
        Directory item = open(id(transaction, what));
        if (item == null) {
            return;
        }
        try (item) {
            Stat content = item.stat(Layout.KEPT_CONTENT);
            if (content != null && content.kind() != Kind.FILE) {
                if (Workspace.holds(undo, what.slot())) {
                    // Copied in part, one way or the other.
                    HalfCopy.complete(item, Layout.KEPT_CONTENT, undo, Layout.slot(what.slot()));
                } else {
                    Mover.move(item, Layout.KEPT_CONTENT, undo, Layout.slot(what.slot()));
                }
            }
        }
        drop(id(transaction, what));
    }

    /** The same each time, so that a repeated transaction keeps a thing once. */
    private static Id id(long transaction, Kept what) {
        String seed = "kept " + transaction + " " + what.slot() + " " + what.path();
        return new Id(Digest.of(seed).hex().substring(0, 32));
    }

    /** All that is kept, oldest first. */
    public List<Item> list() throws IOException {
        List<Item> items = new ArrayList<>();
        for (String name : kept.list()) {
            Item item = item(name);
            if (item != null) {
                items.add(item);
            }
        }
        items.sort(Comparator.comparing(
                (Item item) -> String.valueOf(item.about().fields().get("when"))));
        return items;
    }

    private @Nullable Item item(String name) throws IOException {
        try (Directory directory = kept.open(name)) {
            if (directory.stat(Layout.KEPT_CONTENT) == null) {
                return null;
            }
            try (SeekableByteChannel about = directory.read(Layout.KEPT_ABOUT)) {
                return new Item(
                        Id.parse(name),
                        ProtocolJson.parse(Channels.newInputStream(about).readAllBytes()));
            }
        } catch (ProtocolException damaged) {
            return null;
        }
    }

    /** Removes what a crash left before any content was moved into it. */
    void sweep() throws IOException {
        for (String name : kept.list()) {
            boolean empty;
            try (Directory directory = kept.open(name)) {
                empty = directory.stat(Layout.KEPT_CONTENT) == null;
            }
            if (empty) {
                Workspace.deleteAll(kept, name);
            }
        }
    }

    /** The directory of one item; the caller closes it. Null if there is none. */
    public @Nullable Directory open(Id id) throws IOException {
        Stat stat = kept.stat(id.hex());
        return stat == null || stat.kind() != Kind.DIRECTORY ? null : kept.open(id.hex());
    }

    /** @throws ProtocolException {@code unknown_kept} */
    public Item find(Id id) throws IOException {
        Item item = kept.stat(id.hex()) == null ? null : item(id.hex());
        if (item == null) {
            throw unknown(id);
        }
        return item;
    }

    /** The directory of one item; the caller closes it. */
    Directory require(Id id) throws IOException {
        Directory directory = open(id);
        if (directory == null) {
            throw unknown(id);
        }
        return directory;
    }

    private static ProtocolException unknown(Id id) {
        return new ProtocolException(ErrorCode.UNKNOWN_KEPT, "nothing is kept under " + id);
    }

    /**
     * The bytes of a kept file.
     *
     * @throws ProtocolException {@code limit_exceeded} if they do not fit into one message, {@code bad_request} for a
     *     directory
     */
    public byte[] read(Id id) throws IOException {
        try (Directory directory = require(id)) {
            Stat stat = directory.stat(Layout.KEPT_CONTENT);
            if (stat == null || stat.kind() != Kind.FILE) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "what is kept under " + id + " is no file: look at " + directory.path());
            }
            if (stat.size() > Limits.CHUNK_MAX) {
                throw new ProtocolException(
                        ErrorCode.LIMIT_EXCEEDED, "the kept file is too long to be shown: look at " + directory.path());
            }
            try (SeekableByteChannel in = directory.read(Layout.KEPT_CONTENT)) {
                return Channels.newInputStream(in).readAllBytes();
            }
        }
    }

    /** Forgets an item for good. */
    public void drop(Id id) throws IOException {
        Workspace.deleteAll(kept, id.hex());
    }
}
