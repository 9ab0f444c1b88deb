package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a batch does, and the authority on it; the payload only carries bytes ({@code PROTOCOL.md} 2.4). The changes
 * are in the order of the contract. {@link ManifestReader} reads one that is too long to be held.
 */
public record Manifest(ManifestHeader header, List<Change> changes) {

    /** @throws IllegalArgumentException if the changes contradict each other, their order or the header */
    public Manifest {
        changes = List.copyOf(changes);
        ChangeOrder order = new ChangeOrder();
        try {
            for (Change change : changes) {
                order.accept(change);
            }
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (header.payloadEntries() != payloadEntries(changes) || header.payloadBytes() != payloadBytes(changes)) {
            throw new IllegalArgumentException("the header's payload is not that of the changes");
        }
    }

    /** A manifest of {@code changes} in any order; what the header says of the payload is replaced. */
    public static Manifest of(ManifestHeader header, Collection<? extends Change> changes) {
        List<Change> sorted = new ArrayList<>(changes);
        sorted.sort(ChangeOrder.CANONICAL);
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
            return read(reader);
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("a byte array cannot fail", e);
        }
    }

    private static Manifest read(ManifestReader reader) throws IOException {
        List<Change> changes = new ArrayList<>();
        for (Change change = reader.next(); change != null; change = reader.next()) {
            changes.add(change);
        }
        return new Manifest(reader.header(), changes);
    }

    /** Writes the JSON; the same manifest always gives the same bytes. {@code out} stays open. */
    public void writeTo(OutputStream out) throws IOException {
        ProtocolJson.writeWithList(out, header.toJson(), ManifestReader.LIST, changes, Change::toJson);
    }
}
