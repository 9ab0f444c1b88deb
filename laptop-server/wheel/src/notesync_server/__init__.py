"""Where the jar of the laptop server is. `notesync serve` runs it."""

from pathlib import Path

__all__ = ["JAR"]

JAR = Path(__file__).parent / "notesync-server.jar"
