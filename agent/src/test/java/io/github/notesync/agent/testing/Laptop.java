package io.github.notesync.agent.testing;

import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.BatchWriter;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Encoding;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ManifestHeader;
import io.github.notesync.protocol.Recipe;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.Source;
import io.github.notesync.protocol.TreeDigest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The other end: a project that is edited, and the batches that lead a replica from one state to the next. */
public final class Laptop {
    private final Id epoch = Id.random();
    private long sequence;
    private final Map<RelativePath, Entry> entries = new TreeMap<>();
    private final Map<Digest, byte[]> contents = new HashMap<>();
    private final Map<RelativePath, Change> changes = new LinkedHashMap<>();
    private TreeDigest tree = TreeDigest.EMPTY;
    private Encoding encoding = Encoding.IDENTITY;

    /** A batch as it travels. */
    public record Batch(BatchDescriptor descriptor, byte[] stream, Manifest manifest) {}

    public Laptop gzip() {
        encoding = Encoding.GZIP;
        return this;
    }

    public Laptop put(String path, String text) {
        return put(path, text.getBytes(StandardCharsets.UTF_8), false);
    }

    public Laptop put(String path, byte[] content, boolean executable) {
        RelativePath at = new RelativePath(path);
        Digest digest = Digest.of(content);
        contents.put(digest, content);
        return change(
                new Change.Put(at, content.length, digest, executable, expect(at), Source.PAYLOAD),
                new Entry.File(at, content.length, digest, executable));
    }

    public Laptop copy(String from, String to) {
        RelativePath at = new RelativePath(to);
        RelativePath source = new RelativePath(from);
        Entry.File old = (Entry.File) entries.get(source);
        return change(
                new Change.Put(at, old.size(), old.digest(), false, expect(at), new Source.Copy(source)),
                new Entry.File(at, old.size(), old.digest(), false));
    }

    /** Replaces {@code path} by a recipe on its own old content. */
    public Laptop patch(String path, Recipe recipe, byte[] content) {
        RelativePath at = new RelativePath(path);
        Digest digest = Digest.of(content);
        contents.put(digest, content);
        return change(
                new Change.Put(at, content.length, digest, false, expect(at), new Source.FromRecipe(recipe)),
                new Entry.File(at, content.length, digest, false));
    }

    public Laptop mkdir(String path) {
        RelativePath at = new RelativePath(path);
        return change(new Change.Mkdir(at, expect(at)), new Entry.Directory(at));
    }

    public Laptop link(String path, String target) {
        RelativePath at = new RelativePath(path);
        return change(new Change.Symlink(at, target, expect(at)), new Entry.Symlink(at, target));
    }

    public Laptop chmod(String path, boolean executable) {
        RelativePath at = new RelativePath(path);
        Entry.File old = (Entry.File) entries.get(at);
        return change(
                new Change.Chmod(at, executable, old.digest()),
                new Entry.File(at, old.size(), old.digest(), executable));
    }

    public Laptop delete(String path) {
        RelativePath at = new RelativePath(path);
        return change(new Change.Delete(at, expect(at)), null);
    }

    public Digest digest(String path) {
        return ((Entry.File) entries.get(new RelativePath(path))).digest();
    }

    private Expect expect(RelativePath path) {
        Entry old = entries.get(path);
        return old == null ? Expect.ABSENT : Expect.of(old);
    }

    private final Map<RelativePath, Entry> after = new LinkedHashMap<>();

    private Laptop change(Change change, Entry entry) {
        changes.put(change.path(), change);
        after.put(change.path(), entry);
        return this;
    }

    /** Makes a batch of all edits since the last one. */
    public Batch save() {
        return save(false);
    }

    /** @param full made against a manifest instead of a cursor */
    public Batch save(boolean full) {
        TreeDigest base = tree;
        after.forEach((path, entry) -> {
            Entry old = entries.remove(path);
            if (old != null) {
                tree = tree.without(old);
            }
            if (entry != null) {
                entries.put(path, entry);
                tree = tree.with(entry);
            }
        });
        Cursor from = sequence == 0 || full ? null : new Cursor(epoch, sequence);
        Cursor to = new Cursor(epoch, ++sequence);
        Manifest manifest =
                Manifest.of(new ManifestHeader("shop", from, base, to, tree, 0, null, 0, 0), changes.values());
        changes.clear();
        after.clear();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            BatchWriter writer = BatchWriter.begin(Id.random(), manifest, encoding, out);
            writer.finish(put -> new ByteArrayInputStream(contents.get(put.digest())));
            return new Batch(writer.descriptor().withStreamSize(out.size()), out.toByteArray(), manifest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Cursor cursor() {
        return new Cursor(epoch, sequence);
    }

    public TreeDigest tree() {
        return tree;
    }

    /** What the replica should look like, in the words of {@link Snapshot}. */
    public Map<String, String> snapshot() {
        Map<String, String> all = new TreeMap<>();
        for (Entry entry : entries.values()) {
            if (entry instanceof Entry.File file) {
                all.put(entry.path().value(), Snapshot.file(file.digest(), file.executable()));
            } else if (entry instanceof Entry.Symlink link) {
                all.put(entry.path().value(), "link " + link.target());
            } else {
                all.put(entry.path().value(), "directory");
            }
        }
        return all;
    }
}
