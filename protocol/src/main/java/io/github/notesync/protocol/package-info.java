/**
 * The contract between the laptop and the notebook machine: values, limits, error codes and the batch format of
 * {@code PROTOCOL.md}. Nothing here opens a socket or knows HTTP. All values are immutable and valid once constructed.
 */
@NullMarked
package io.github.notesync.protocol;

import org.jspecify.annotations.NullMarked;
