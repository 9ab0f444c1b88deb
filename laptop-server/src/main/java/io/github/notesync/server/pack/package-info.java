/** Batches: what changed, as a stream that can be read while it is made, shared by all who stand at the same cursor. */
@NullMarked
package io.github.notesync.server.pack;

import org.jspecify.annotations.NullMarked;
