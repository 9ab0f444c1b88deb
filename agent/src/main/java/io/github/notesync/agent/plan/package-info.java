/** Decides what a batch does to a replica. Pure: functions of values, no file is touched here. */
@NullMarked
package io.github.notesync.agent.plan;

import org.jspecify.annotations.NullMarked;
