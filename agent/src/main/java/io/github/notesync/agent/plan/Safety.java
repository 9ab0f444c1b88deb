package io.github.notesync.agent.plan;

import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RelativePath;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when so much is deleted that a person has to be asked. A deletion that takes its time comes in several batches,
 * so what was lost a moment ago counts, too, as far as there are fewer files since: who goes through a history loses some
 * with each step, and gets others. Only for the replica's thread.
 */
public final class Safety {
    private static final int FEW = 20;
    private static final long MOMENT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanos;
    private final Set<RelativePath> lost = new HashSet<>();
    private long lastLoss;
    /** The most files that there were since the first of these losses. */
    private int most;

    /** @param nanos the clock */
    public Safety(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * What a person is asked.
     *
     * @param withEarlier whether batches before this one are counted in
     */
    public record Question(int deletes, int of, boolean withEarlier) {}

    /**
     * Null if nobody needs to be asked, else the question: the replica would be emptied, or lose more than half of at
     * least 20 files. A file whose content the batch puts elsewhere is not lost.
     *
     * @param files managed files before the batch
     * @param entries managed entries before the batch
     */
    public @Nullable Question ask(Plan plan, int files, int entries) {
        if (nanos.getAsLong() - lastLoss > MOMENT_NANOS) {
            lost.clear();
        }
        most = lost.isEmpty() ? files : Math.max(most, files);
        Set<RelativePath> all = plan.losses().isEmpty() ? Set.of() : new HashSet<>(lost);
        for (Entry entry : all.isEmpty() ? Set.<Entry>of() : plan.added()) {
            all.remove(entry.path());
        }
        int earlier = Math.min(all.size(), most - files);
        int deletes = plan.losses().size() + earlier;
        int of = files + earlier;
        boolean emptied =
                entries > 0 && entries == plan.removed().size() && plan.added().isEmpty();
        return emptied || (of >= FEW && deletes * 2 > of) ? new Question(deletes, of, earlier > 0) : null;
    }

    /** @param confirmed whether a person was asked: then it begins anew */
    public void applied(Plan plan, boolean confirmed) {
        if (confirmed) {
            lost.clear();
            return;
        }
        for (Entry entry : lost.isEmpty() ? Set.<Entry>of() : plan.added()) {
            lost.remove(entry.path());
        }
        if (!plan.losses().isEmpty()) {
            lost.addAll(plan.losses());
            lastLoss = nanos.getAsLong();
        }
    }
}
