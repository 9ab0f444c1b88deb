package io.github.notesync.agent.plan;

import io.github.notesync.protocol.RelativePath;

/**
 * One action of a swap. Each can be done, found done, and undone, from what is on disk alone: {@code stage/<slot>} holds
 * the new bytes until they are placed, {@code undo/<slot>} the old ones ever after.
 */
public sealed interface Step {
    RelativePath path();

    /** Makes a directory where nothing is. */
    record MakeDirectory(RelativePath path) implements Step {}

    /** Stands for "no file" where an identity is expected. */
    String NOTHING = "-";

    /**
     * Moves what is there, file or whole directory, to {@code undo/<slot>}.
     *
     * @param was the identity of the file that the plan saw; {@link #NOTHING} where any will do
     */
    record Aside(int slot, String was, RelativePath path) implements Step {}

    /**
     * Moves {@code stage/<slot>} there, in one instant: a file, a link, or a new directory with all that is in it, whose
     * own steps come later and find themselves done.
     *
     * @param origin tells the new file apart from one that somebody else wrote; {@link #NOTHING} for a directory
     * @param was the identity of what is replaced, which {@code undo/<slot>} holds already; {@link #NOTHING} for a new file
     */
    record Place(int slot, String origin, String was, RelativePath path) implements Step {
        public static Place whole(int slot, RelativePath directory) {
            return new Place(slot, NOTHING, NOTHING, directory);
        }

        public boolean isWhole() {
            return origin.equals(NOTHING);
        }

        public boolean replaces() {
            return !was.equals(NOTHING);
        }
    }

    /**
     * Gives a directory the same name in another case, by way of {@code undo/<slot>}: where case is ignored, a rename to
     * itself may do nothing.
     *
     * @param was its name before
     */
    record Recase(int slot, String was, RelativePath path) implements Step {
        /** Its path before, as far as this step is concerned. */
        public RelativePath old() {
            RelativePath parent = path.parent();
            return parent == null ? new RelativePath(was) : parent.child(was);
        }
    }

    /** Turns the executable bit, which was the opposite. */
    record SetExecutable(boolean executable, RelativePath path) implements Step {}

    /** Removes a directory that is empty by then; if it is not, it stays. */
    record RemoveDirectory(RelativePath path) implements Step {}
}
