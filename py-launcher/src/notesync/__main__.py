"""`python -m notesync`: the command line where the scripts of an installation are not on PATH."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
