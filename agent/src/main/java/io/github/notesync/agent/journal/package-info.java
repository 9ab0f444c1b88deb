/**
 * What makes a batch all or nothing: the files below {@code .notesync/}, as {@code protocol/JOURNAL.md} describes them.
 * Names of these files are in {@link io.github.notesync.agent.journal.Layout} and nowhere else.
 */
@NullMarked
package io.github.notesync.agent.journal;

import org.jspecify.annotations.NullMarked;
