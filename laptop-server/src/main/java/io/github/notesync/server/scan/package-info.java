/** What the source holds: a stat of every path against the index, a digest where the stat moved. */
@NullMarked
package io.github.notesync.server.scan;

import org.jspecify.annotations.NullMarked;
