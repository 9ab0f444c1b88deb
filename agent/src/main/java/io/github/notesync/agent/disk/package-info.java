/** The only door to the file system: directories that are held open, so that no symbolic link leads elsewhere. */
@NullMarked
package io.github.notesync.agent.disk;

import org.jspecify.annotations.NullMarked;
