/** What the source was at every sequence that a replica may still stand at. */
@NullMarked
package io.github.notesync.server.history;

import org.jspecify.annotations.NullMarked;
