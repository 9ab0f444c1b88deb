"""Looks for secrets wherever somebody could read them: files, environments, command lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tests.harness.paged import PagedStack
from tests.harness.stack import Stack

# Of the invitation, of the pairing, and of what goes with each call.
TRACES = ("<script", "NOTESYNC_OFFER", "Bearer", "token", "nonce")


def assert_saved_clean(stack: PagedStack) -> None:
    """Saves the notebook: it holds neither script nor secret, nor where the laptop keeps its files."""
    saved = stack.page.save()
    assert '"cell_type"' in saved
    for trace in (*TRACES, str(stack.source), stack.jupyter.token):
        assert trace not in saved, trace
    assert_nothing_leaked(stack, stack.browser.tokens)


def assert_nothing_leaked(stack: Stack, tokens: Iterable[str]) -> None:
    """Neither the pairing's tokens nor the agent's key, anywhere but where they belong.

    Looked at: every file of the story (saved notebooks, IPython's history, logs, state), and the environment and
    command line of every process. Left out: the browser's profile, whose session holds the page's token.
    """
    own = list((stack.home / "state").glob("agent-*.json"))
    keys = {json.loads(file.read_text(encoding="utf-8"))["key"] for file in own}
    for file in own:
        assert file.stat().st_mode & 0o077 == 0, f"{file} can be read by others"
    secrets = [*tokens, *keys]
    assert len(secrets) > len(keys), "no token was seen"
    assert all(len(secret) >= 32 for secret in secrets)
    leaks = []
    for file in (*stack.place.rglob("*"), *Path("/proc").glob("[0-9]*/environ"), *Path("/proc").glob("[0-9]*/cmdline")):
        if file in own or stack.place / "profile" in file.parents:
            continue
        try:
            content = file.read_bytes() if file.is_file() else b""
        except OSError:
            continue  # It went meanwhile, or is no file for reading.
        leaks += [str(file) for secret in secrets if secret.encode() in content]
    assert leaks == []
