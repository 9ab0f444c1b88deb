/** Learns that something below the source may have changed; what did change is for the scan to find out. */
@NullMarked
package io.github.notesync.server.watch;

import org.jspecify.annotations.NullMarked;
