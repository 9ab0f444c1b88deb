/** The program on the notebook machine: receive, plan, stage, journal, apply, report. */
@NullMarked
package io.github.notesync.agent;

import org.jspecify.annotations.NullMarked;
