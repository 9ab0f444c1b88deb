/** What the kernels are told: events, answers, and errors in words for people. */
@NullMarked
package io.github.notesync.agent.report;

import org.jspecify.annotations.NullMarked;
