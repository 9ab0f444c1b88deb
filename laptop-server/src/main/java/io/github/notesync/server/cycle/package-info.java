/** The round that never ends: wait for a hint, let it settle, scan, make the next sequence. */
@NullMarked
package io.github.notesync.server.cycle;

import org.jspecify.annotations.NullMarked;
