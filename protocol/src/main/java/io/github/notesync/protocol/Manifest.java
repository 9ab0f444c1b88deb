package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a batch does, and the authority on it; the payload only carries bytes ({@code PROTOCOL.md} 2.4). The changes
 * are in the order of the contract and do not contradict each other. {@link ManifestReader} reads one that is too long
 * to be held. Immutable.
 */
public final class Manifest {
    private final ManifestHeader header;
    private final List<Change> changes;

    /** Whoever calls it has held the changes against each other, and the header against them. */
    private Manifest(ManifestHeader header, List<Change> changes) {
        this.header = header;
        this.changes = Collections.unmodifiableList(changes);
    }

    public ManifestHeader header() {
        return header;
    }

    public List<Change> changes() {
        return changes;
    }

    /**
     * A manifest of {@code changes} in any order; what the header says of the payload is replaced.
     *
     * @throws IllegalArgumentException if the changes contradict each other
     */
    public static Manifest of(ManifestHeader header, Collection<? extends Change> changes) {
        List<Change> sorted = new ArrayList<>(changes);
        sorted.sort(ChangeOrder.CANONICAL);
        ChangeOrder order = new ChangeOrder();
        try {
            for (Change change : sorted) {
                order.accept(change);
            }
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new Manifest(header.withPayload(payloadEntries(sorted), payloadBytes(sorted)), sorted);
    }

    private static int payloadEntries(List<Change> changes) {
        return (int) changes.stream()
                .filter(change -> change instanceof Change.Put put && put.inPayload())
                .count();
    }

    private static long payloadBytes(List<Change> changes) {
        return changes.stream()
                .mapToLong(change -> change instanceof Change.Put put ? put.payloadSize() : 0)
                .sum();
    }

    /** Reads a whole manifest into memory. The errors are those of {@link ManifestReader}. */
    public static Manifest parse(byte[] json) throws ProtocolException {
        try (ManifestReader reader = ManifestReader.open(new ByteArrayInputStream(json))) {
            return read(reader, change -> {});
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("a byte array cannot fail", e);
        }
    }

    /**
     * Reads the rest of a manifest, from its first change on, into memory. The errors are those of the reader.
     *
     * @param each is told of every change as it is read; of these the manifest may yet turn out to be invalid
     */
    public static Manifest read(ManifestReader reader, Consumer<Change> each) throws IOException {
        List<Change> changes = new ArrayList<>();
        for (Change change = reader.next(); change != null; change = reader.next()) {
            changes.add(change);
            each.accept(change);
        }
        return new Manifest(reader.header(), changes);
    }

    /** Writes the JSON; the same manifest always gives the same bytes. {@code out} stays open. */
    public void writeTo(OutputStream out) throws IOException {
        ProtocolJson.writeWithList(out, header.toJson(), ManifestReader.LIST, changes, Change::toJson);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Manifest that && header.equals(that.header) && changes.equals(that.changes);
    }

    @Override
    public int hashCode() {
        return 31 * header.hashCode() + changes.hashCode();
    }
}
