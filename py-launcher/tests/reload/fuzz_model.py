"""Generated projects and edits for the differential fuzz: everything follows from one seed.

Every function can be called without arguments and returns an int, every class can be made without
arguments and has methods `m0` … that do so too; so any value can be compared with any other.
"""

from __future__ import annotations

import random
import re

from fuzz_items import MODULES, Item, Makers, Module

PACKAGES = ["pkg", "pkg.sub"]


class World(Makers):
    """A project that can be edited at random."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.counter = 0
        self.modules = [Module(name) for name in MODULES]
        self.packages = {name: Module(name) for name in PACKAGES}
        for module in self.modules:
            for _ in range(self.rng.randint(5, 10)):
                self.add_item(module, len(module.items))
        self.package_exports()
        self.remember()

    # -- names --------------------------------------------------------------------------------

    def fresh(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}"

    def position(self, module: Module) -> int:
        return next((i for i, m in enumerate(self.modules) if m is module), len(self.modules))

    def visible(self, module: Module, upto: int) -> dict[str, list[str]]:
        """Expressions by kind that can be used in an item at a position."""
        found: dict[str, list[str]] = {}
        for item in module.items[:upto]:
            if item.kind == "import":
                for expression, kind in imported(item, self):
                    found.setdefault(kind, []).append(expression)
            elif item.kind not in ("comment", "loose"):
                found.setdefault(item.kind, []).append(item.name)
        return found

    def value(self, names: dict[str, list[str]], depth: int = 0) -> str:
        """An expression of type int."""
        rng = self.rng
        choices = ["lit"]
        for kind in ("const", "func", "class", "inst", "list", "dict", "enum", "tuple", "table"):
            if names.get(kind):
                choices += [kind, kind]
        if depth < 2:
            choices.append("sum")
        kind = rng.choice(choices)
        if kind == "lit":
            return str(rng.randint(1, 99))
        if kind == "sum":
            return f"{self.value(names, depth + 1)} + {self.value(names, depth + 1)}"
        name = rng.choice(names[kind])
        if kind == "const":
            return name
        if kind == "func":
            return f"{name}()"
        if kind == "class":
            return rng.choice([f"{name}.A", f"{name}().m0()", f"{name}().m1()", f"{name}().v"])
        if kind == "inst":
            return rng.choice([f"{name}.m0()", f"{name}.v", f"{name}.A", f"{name}.m1()"])
        if kind == "list":
            return rng.choice([f"sum({name})", f"len({name})", f"{name}[-1]"])
        if kind == "dict":
            return rng.choice([f"len({name})", f"sum({name}.values())"])
        if kind == "enum":
            return f"{name}.P.value"
        if kind == "tuple":
            return f"{name}(1, 2).total()" if rng.random() < 0.5 else f"len({name}._fields)"
        return f"{name}['k']()"

    # -- items --------------------------------------------------------------------------------

    def make(
        self, module: Module, at: int, kind: str | None = None, name: str | None = None
    ) -> Item:
        rng, names = self.rng, self.visible(module, at)
        kind = kind or rng.choice(
            ["const"] * 4
            + ["func"] * 5
            + ["class"] * 4
            + ["inst"] * 2
            + [
                "list",
                "dict",
                "import",
                "import",
                "enum",
                "tuple",
                "deco",
                "table",
                "alias",
                "loose",
                "state",
                "lambda",
                "reg",
                "dynamic",
                "maker",
                "dispatch",
            ]
        )
        maker = getattr(self, f"make_{kind}")
        return maker(module, names, name, at)

    def add_item(self, module: Module, at: int) -> None:
        module.items.insert(at, self.make(module, at))

    # -- packages -----------------------------------------------------------------------------

    def package_exports(self) -> None:
        source = self.modules[2]
        names = [
            item.name
            for item in source.items
            if item.kind not in ("import", "loose", "comment") and self.rng.random() < 0.4
        ]
        text = f"from .m2 import {', '.join(names)}" if names else "# nothing"
        self.packages["pkg"].items = [Item("import", "pkg.m2", text)]

    # -- edits --------------------------------------------------------------------------------

    def edit(self) -> list[Module]:
        """Change one to three modules. The result may be broken on purpose."""
        changed: list[Module] = []
        for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
            module = self.rng.choice(self.modules)
            self.edit_module(module)
            if module not in changed:
                changed.append(module)
        if self.rng.random() < 0.1:
            self.package_exports()
            changed.append(self.packages["pkg"])
        return changed

    def edit_module(self, module: Module) -> None:
        rng = self.rng
        action = rng.choice(
            ["literal"] * 4
            + ["regen"] * 4
            + ["add"] * 3
            + ["remove", "remove", "swap", "comment", "kind", "move", "future", "style"]
        )
        if not module.items or action == "add":
            self.add_item(module, rng.randint(0, len(module.items)))
            return
        at = rng.randrange(len(module.items))
        item = module.items[at]
        if action == "literal":
            numbers = list(re.finditer(r"(?<![\w.])\d+", item.text))
            if numbers:
                number = rng.choice(numbers)
                item.text = (
                    item.text[: number.start()]
                    + str(rng.randint(1, 99))
                    + item.text[number.end() :]
                )
        elif action == "regen" and item.kind not in ("loose", "comment", "import"):
            module.items[at] = self.make(module, at, maker_of(item), item.name)
        elif action == "remove":
            del module.items[at]
        elif action == "swap" and at + 1 < len(module.items):
            module.items[at : at + 2] = reversed(module.items[at : at + 2])
        elif action == "comment":
            module.items.insert(at, Item("comment", "", f"# {rng.random()}"))
        elif action == "kind" and item.kind in ("const", "func", "class", "inst", "list"):
            kind = rng.choice(["const", "func", "class", "list"])
            module.items[at] = self.make(module, at, kind, item.name)
        elif action == "move":
            other = rng.choice(self.modules)
            if other is not module and item.kind not in ("import", "loose"):
                del module.items[at]
                other.items.append(item)
        elif action == "style":
            module.style = rng.choice(["", "feeds", "mark", "returns"])
        elif action == "future":
            module.future = not module.future

    def remember(self) -> None:
        """Keep the present items, to come back to them after a broken edit."""
        everyone = [*self.modules, *self.packages.values()]
        self.kept = [
            ([Item(i.kind, i.name, i.text) for i in m.items], m.future, m.style) for m in everyone
        ]

    def repair(self) -> None:
        """Back to what was last kept."""
        everyone = [*self.modules, *self.packages.values()]
        for module, (items, future, style) in zip(everyone, self.kept, strict=True):
            module.items, module.future, module.style = items, future, style

    def texts(self) -> dict[str, str]:
        """Path → text of the whole project."""
        files = {module.path: module.text() for module in self.modules}
        for name, module in self.packages.items():
            files[name.replace(".", "/") + "/__init__.py"] = module.text()
        return files


def maker_of(item: Item) -> str:
    """The maker that makes such an item again."""
    return {"func": "func", "const": "const"}.get(item.kind, item.kind)


def imported(item: Item, world: World) -> list[tuple[str, str]]:
    """Expressions and kinds that an import item makes usable."""
    source = next((m for m in world.modules if m.name == item.name), None)
    if source is None:
        return []
    kinds = {
        each.name: each.kind
        for each in source.items
        if each.kind not in ("import", "loose", "comment")
    }
    text = item.text
    if text.startswith("import "):
        alias = text.split(" as ")[1] if " as " in text else item.name
        return [(f"{alias}.{name}", kind) for name, kind in kinds.items()]
    names = text.split(" import ")[1]
    if names == "*":
        return list(kinds.items())
    found = []
    for part in names.split(", "):
        name, _, alias = part.partition(" as ")
        if name in kinds:
            found.append((alias or name, kinds[name]))
    return found
