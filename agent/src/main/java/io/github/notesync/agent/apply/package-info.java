/** Makes a batch visible, takes it back, and finishes what a crash left half done. */
@NullMarked
package io.github.notesync.agent.apply;

import org.jspecify.annotations.NullMarked;
