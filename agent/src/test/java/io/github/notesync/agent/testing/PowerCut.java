package io.github.notesync.agent.testing;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.World.Unforced;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Watches what is done to a disk, and makes what a power cut could have left of it. */
public final class PowerCut {
    private final World start;
    private final MemoryDisk disk;

    private PowerCut(World start, Set<Quirk> quirks) {
        this.start = start;
        this.disk = new MemoryDisk(start.durableCopy(), quirks);
    }

    /** Begins with all that {@code disk} has, as durable. */
    public static PowerCut watch(MemoryDisk disk) {
        return new PowerCut(disk.world.durableCopy(), disk.quirks());
    }

    /** The disk to work on. */
    public Disk disk() {
        return disk;
    }

    /**
     * Gives every outcome: for each moment of the cut, the fewest, half and all of the names that may have survived, and what was not
     * forced lost, torn or whole; and the strictest reading of POSIX.
     */
    public void forEachOutcome(BiConsumer<MemoryDisk, String> check) {
        World done = disk.world;
        int all = done.log.size();
        for (int cut = 0; cut <= all; cut++) {
            int forced = done.forcedUpTo(cut);
            for (int survived : new TreeSet<>(List.of(forced, (forced + cut) / 2, cut))) {
                for (Unforced unforced : Unforced.values()) {
                    check.accept(
                            new MemoryDisk(done.afterPowerCut(start, cut, survived, unforced), disk.quirks()),
                            "cut after " + cut + " of " + all + " operations, names of " + survived + ", content "
                                    + unforced + ", last " + done.log.get(Math.max(0, cut - 1)));
                }
            }
            check.accept(
                    new MemoryDisk(done.afterStrictPowerCut(start, cut), disk.quirks()),
                    "strict cut after " + cut + " of " + all + ", last " + done.log.get(Math.max(0, cut - 1)));
        }
    }
}
