package io.github.notesync.protocol;

/**
 * A map from 64-bit hashes to longs that needs 16 bytes for an entry: a manifest of half a million paths must be checked
 * in a small heap. Open addressing, never shrinks, no removal. One thread.
 */
final class LongTable {
    private long[] keys = new long[1 << 8];
    private long[] values = new long[1 << 8];
    private int size;

    /** 0 for a key that has not been put. */
    long get(long key) {
        return values[slot(key)];
    }

    /** @param value not 0 */
    void put(long key, long value) {
        int slot = slot(key);
        if (values[slot] == 0 && ++size > keys.length / 3 * 2) {
            grow();
            slot = slot(key);
        }
        keys[slot] = key;
        values[slot] = value;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) key & mask;
        while (values[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new long[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
