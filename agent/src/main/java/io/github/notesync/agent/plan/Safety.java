package io.github.notesync.agent.plan;

/** Decides when a batch deletes so much that a person has to be asked. Pure. */
public final class Safety {
    private static final int FEW = 20;

    private Safety() {}

    /**
     * Whether to ask: the replica would be emptied, or lose more than half of at least 20 files. A file whose content
     * the batch puts elsewhere is not lost.
     *
     * @param files managed files before the batch
     * @param entries managed entries before the batch
     */
    public static boolean asks(Plan plan, int files, int entries) {
        boolean emptied =
                entries > 0 && entries == plan.removed().size() && plan.added().isEmpty();
        return emptied || (files >= FEW && plan.losses() * 2 > files);
    }
}
