/** Takes a batch stream in, checks every byte of it, and lays the new files out beside the replica, invisible yet. */
@NullMarked
package io.github.notesync.agent.stage;

import org.jspecify.annotations.NullMarked;
