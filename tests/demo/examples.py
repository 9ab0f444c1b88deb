"""For each real project: the cell that is run, and the edit that changes what it shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """`old` stands once in `file`; with `new` in its place the cell shows `after` instead of `before`."""

    project: str
    cell: str
    file: str
    function: str
    old: str
    new: str
    before: str
    after: str


EXAMPLES = {
    "networkx": Example(
        "networkx",
        "import networkx as nx\n\nprint(nx.density(nx.path_graph(5)))",
        "networkx/classes/function.py",
        "density",
        "    d = m / (n * (n - 1))\n",
        "    d = 100 * m / (n * (n - 1))\n",
        "0.4",
        "40.0",
    ),
    "click": Example(
        "click",
        "from click.utils import make_str\n\nprint(make_str(b'hello'))",
        "src/click/utils.py",
        "make_str",
        "            return value.decode(sys.getfilesystemencoding())\n",
        "            return value.decode(sys.getfilesystemencoding()).upper()\n",
        "hello",
        "HELLO",
    ),
}
