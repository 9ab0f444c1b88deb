/** The door of the agent: one socket, signed messages, and who is behind them. The only package that knows ZeroMQ. */
@NullMarked
package io.github.notesync.agent.receive;

import org.jspecify.annotations.NullMarked;
