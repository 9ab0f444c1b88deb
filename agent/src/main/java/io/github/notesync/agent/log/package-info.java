/** Standard error, line by line. A framework would cost the start more than it gives. */
@NullMarked
package io.github.notesync.agent.log;

import org.jspecify.annotations.NullMarked;
