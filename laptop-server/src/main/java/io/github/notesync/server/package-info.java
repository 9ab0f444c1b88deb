/** The program on the laptop: watch, scan, diff, pack, serve. */
@NullMarked
package io.github.notesync.server;

import org.jspecify.annotations.NullMarked;
