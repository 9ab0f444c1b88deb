package io.github.notesync.agent.receive;

import io.github.notesync.protocol.JsonObject;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the agent knows of one kernel that proved the key. The numbers are only for the door's thread; what {@link Kernel}
 * declares is for any.
 */
final class Session implements Kernel {
    private final Door door;
    final byte[] identity;
    final String id;
    final long pid;
    final long started;
    private final AtomicLong heard = new AtomicLong(System.nanoTime());

    private byte[] nonces;
    private long received;
    private long sent;

    Session(Door door, byte[] identity, byte[] nonces, String id, long pid, long started) {
        this.door = door;
        this.identity = identity;
        this.nonces = nonces;
        this.id = id;
        this.pid = pid;
        this.started = started;
    }

    /** The kernel said hello anew: numbers begin again. */
    void begin(byte[] newNonces, long number) {
        nonces = newNonces;
        received = number;
        sent = 0;
        hear();
    }

    byte[] nonces() {
        return nonces;
    }

    /** Whether the number is greater than all before, which it then is no more. */
    boolean accept(long number) {
        if (number <= received) {
            return false;
        }
        received = number;
        return true;
    }

    long nextNumber() {
        return ++sent;
    }

    void hear() {
        heard.set(System.nanoTime());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public long started() {
        return started;
    }

    @Override
    public void tell(String event, JsonObject.Builder fields) {
        JsonObject.Builder header = JsonObject.builder().put("type", "event").put("event", event);
        fields.build().fields().forEach(header::put);
        door.send(this, header, new byte[0]);
    }

    @Override
    public long silent() {
        return (System.nanoTime() - heard.get()) / 1_000_000;
    }
}
