# ruff: noqa: E501
"""Generated projects and edits for the differential fuzz: everything follows from one seed.

Every function can be called without arguments and returns an int, every class can be made without
arguments and has methods `m0` … that do so too; so any value can be compared with any other.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

MODULES = ["m0", "m1", "pkg.m2", "pkg.sub.m3", "m4"]
PACKAGES = ["pkg", "pkg.sub"]
METHODS = ["m0", "m1", "m2"]


@dataclass
class Item:
    """One top-level statement (or a few that belong together)."""

    kind: str
    name: str
    text: str


@dataclass
class Module:
    """The items of one module in order."""

    name: str
    items: list[Item] = field(default_factory=list)
    future: bool = False
    style: str = ""

    def text(self) -> str:
        head = "from __future__ import annotations\n" if self.future else ""
        between = "\n\f\n" if self.style == "feeds" else "\n"
        text = head + between.join(item.text for item in self.items) + "\n"
        if self.style == "mark":
            return "\ufeff" + text
        return text.replace("\n", "\r\n") if self.style == "returns" else text

    @property
    def path(self) -> str:
        return self.name.replace(".", "/") + ".py"


class World:
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

    def make_const(self, module, names, name, at):
        name = name or self.fresh("K")
        value = self.value(names)
        text = self.rng.choice(
            [
                f"{name} = {value}",
                f"{name} = {value}",
                f"{name}: int = {value}",
                f"try:\n    {name} = {value}\nexcept ZeroDivisionError:\n    {name} = 0",
                f"if {value} > 40:\n    {name} = 1\nelse:\n    {name} = 2",
                f"{name} = 0\nfor _i in range(3):\n    {name} += {value}",
                f"{name} = {value}\n{name} += 1",
                f"{name} = sum(x for x in (1, {value}))",
            ]
        )
        return Item("const", name, text)

    def make_func(self, module, names, name, at):
        name = name or self.fresh("f")
        rng = self.rng
        body = self.value(names)
        default = self.value(names)
        late = rng.choice(
            [m.name for m in self.modules[: self.position(module) + 1]] or MODULES[:1]
        )
        forms = [
            f"def {name}():\n    return {body}",
            f"def {name}(x={default}):\n    return x + {body}",
            f"def {name}(*, x={default}):\n    '''Doc {rng.randint(1, 9)}.'''\n    return x",
            f"def {name}():\n    def inner():\n        return {body}\n    return inner()",
            f"def {name}():\n    import {late} as late\n    return len(late.__name__) + {body}",
            f"def {name}():\n    return [z for z in (1, {body})][-1]",
        ]
        text = rng.choice(forms)
        if names.get("deco") and rng.random() < 0.35:
            text = f"@{rng.choice(names['deco'])}\n{text}"
        elif rng.random() < 0.1:
            text = f"import functools\n@functools.lru_cache(maxsize=None)\n{text}"
        return Item("func", name, text)

    def make_lambda(self, module, names, name, at):
        name = name or self.fresh("f")
        return Item("func", name, f"{name} = lambda: {self.value(names)}")

    def make_deco(self, module, names, name, at):
        name = name or self.fresh("d")
        extra = self.value(names)
        seen = f"{name}_seen"
        forms = [
            f"def {name}(fn):\n    def wrapper(*a, **k):\n        return fn(*a, **k) + {extra}\n    return wrapper",
            f"import functools\ndef {name}(fn):\n    @functools.wraps(fn)\n"
            f"    def wrapper(*a, **k):\n        return fn(*a, **k) + {extra}\n    return wrapper",
            f"{seen} = {{}}\ndef {name}(fn):\n    {seen}[fn.__name__] = fn\n    return fn",
            f"class {name}:\n    def __init__(self, fn):\n        self.fn = fn\n"
            f"    def __call__(self, *a, **k):\n        return self.fn(*a, **k) + {extra}",
            f"def {name}(fn):\n    memo = {{}}\n    def wrapper():\n        if 'v' not in memo:\n"
            f"            memo['v'] = fn()\n        return memo['v']\n    return wrapper",
        ]
        return Item("deco", name, self.rng.choice(forms))

    def make_class(self, module, names, name, at):
        name = name or self.fresh("C")
        rng = self.rng
        if names.get("reg") and rng.random() < 0.5:
            base = rng.choice(names["reg"])
            text = (
                f"class {name}({base}):\n    A = {self.value(names)}\n    v = {rng.randint(1, 9)}"
            )
            return Item("class", name, text)
        bases = names.get("class", [])
        base = rng.choice(bases) if bases and rng.random() < 0.4 else ""
        lines = [f"class {name}({base}):" if base else f"class {name}:"]
        if rng.random() < 0.2:
            lines = ["import dataclasses", "@dataclasses.dataclass", *lines]
            lines.append(f"    v: int = {self.value(names)}")
            if rng.random() < 0.5:
                lines.append(f"    w: int = {rng.randint(1, 9)}")
        elif not base or rng.random() < 0.4:
            up = "        super().__init__()\n" if base else ""
            lines.append(f"    def __init__(self):\n{up}        self.v = {self.value(names)}")
        lines.append(f"    A = {self.value(names)}")
        if rng.random() < 0.3:
            lines.append(f"    B = A + {rng.randint(1, 9)}")
        for method in METHODS[: rng.randint(2, 3)]:
            body = self.value(names)
            form = rng.randint(0, 8)
            if form == 0 and base and method in ("m0", "m1"):
                lines.append(f"    def {method}(self):\n        return super().{method}() + {body}")
            elif form == 1:
                lines.append(f"    @staticmethod\n    def {method}():\n        return {body}")
            elif form == 2:
                lines.append(
                    f"    @classmethod\n    def {method}(cls):\n        return cls.A + {body}"
                )
            elif form == 3 and method != "m0":
                lines.append(f"    def {method}(self):\n        return self.m0() + {body}")
            elif form == 4 and names.get("deco"):
                deco = rng.choice(names["deco"])
                lines.append(
                    f"    @staticmethod\n    @{deco}\n    def {method}():\n        return {body}"
                )
            else:
                lines.append(f"    def {method}(self):\n        return self.v + {body}")
        if rng.random() < 0.15:
            lines.append(f"    class In:\n        K = {self.value(names)}")
            lines.append("    def inner(self):\n        return self.In.K")
        if rng.random() < 0.3:
            lines.append(
                f"    @property\n    def p(self):\n        return self.A + {self.value(names)}"
            )
        return Item("class", name, "\n".join(lines))

    def make_inst(self, module, names, name, at):
        if not names.get("class"):
            return self.make_const(module, names, name, at)
        name = name or self.fresh("o")
        return Item("inst", name, f"{name} = {self.rng.choice(names['class'])}()")

    def make_list(self, module, names, name, at):
        name = name or self.fresh("L")
        lines = [f"{name} = [{self.value(names)}]"]
        lines += [f"{name}.append({self.value(names)})" for _ in range(self.rng.randint(0, 2))]
        return Item("list", name, "\n".join(lines))

    def make_dict(self, module, names, name, at):
        name = name or self.fresh("D")
        lines = [f"{name} = {{'a': {self.value(names)}}}"]
        lines += [
            f"{name}['{self.rng.choice('bcd')}'] = {self.value(names)}"
            for _ in range(self.rng.randint(0, 2))
        ]
        return Item("dict", name, "\n".join(lines))

    def make_enum(self, module, names, name, at):
        name = name or self.fresh("E")
        kind = self.rng.choice(["Enum", "Enum", "IntEnum"])
        lines = [f"import enum\nclass {name}(enum.{kind}):", f"    P = {self.rng.randint(1, 9)}"]
        if self.rng.random() < 0.5:
            lines.append(f"    Q = {self.rng.randint(10, 19)}")
        lines.append(f"    def m0(self):\n        return self.value + {self.value(names)}")
        return Item("enum", name, "\n".join(lines))

    def make_tuple(self, module, names, name, at):
        name = name or self.fresh("T")
        extra = "\n    z: int = 3" if self.rng.random() < 0.3 else ""
        return Item(
            "tuple",
            name,
            f"import typing\nclass {name}(typing.NamedTuple):\n    x: int\n    y: int{extra}\n"
            f"    def total(self):\n        return self.x + {self.value(names)}",
        )

    def make_table(self, module, names, name, at):
        if not names.get("func"):
            return self.make_const(module, names, name, at)
        function = self.rng.choice(names["func"])
        name = name or self.fresh("H")
        held = self.rng.choice([function, f"__import__('functools').partial({function})"])
        return Item("table", name, f"{name} = {{'k': {held}}}")

    def make_alias(self, module, names, name, at):
        if not names.get("func"):
            return self.make_const(module, names, name, at)
        name = name or self.fresh("f")
        return Item("func", name, f"{name} = {self.rng.choice(names['func'])}")

    def make_state(self, module, names, name, at):
        """A function that writes a global, called at once."""
        name = name or self.fresh("K")
        setter = f"set_{name}"
        return Item(
            "const",
            name,
            f"{name} = 0\ndef {setter}():\n    global {name}\n"
            f"    {name} = {name} + {self.value(names)}\n    return 0\n{setter}()",
        )

    def make_reg(self, module, names, name, at):
        """A class that keeps a register of its subclasses; what it holds in between is not asked."""
        name = name or self.fresh("R")
        kept = self.rng.choice(["cls", name])
        return Item(
            "reg",
            name,
            f"class {name}:\n    A = {self.value(names)}\n    v = 1\n    reg = {{}}\n"
            f"    def __init_subclass__(cls):\n        {kept}.reg[cls.__name__] = cls\n"
            f"    def m0(self):\n        return self.A + {self.value(names)}\n"
            "    def m1(self):\n        return self.A * 2",
        )

    def make_dynamic(self, module, names, name, at):
        """A name that no statement binds by name."""
        name = name or self.fresh("K")
        value = self.value(names)
        forms = [
            f"globals().update({{'{name}': {value}}})",
            f"globals()['{name}'] = {value}",
            f"exec({f'{name} = {value}'!r})",
            f"for _n in ('{name}',):\n    globals()[_n] = {value}",
        ]
        return Item("const", name, self.rng.choice(forms))

    def make_maker(self, module, names, name, at):
        """A closure."""
        name = name or self.fresh("f")
        return Item(
            "func",
            name,
            f"def make_{name}(i):\n    def inner():\n        return i + {self.value(names)}\n"
            f"    return inner\n{name} = make_{name}({self.value(names)})",
        )

    def make_dispatch(self, module, names, name, at):
        name = name or self.fresh("f")
        text = f"import functools\n@functools.singledispatch\ndef {name}_d(x):\n    return {self.value(names)}\n"
        for kind in self.rng.sample(["int", "str"], self.rng.randint(0, 2)):
            text += f"@{name}_d.register({kind})\ndef _(x):\n    return {self.value(names)}\n"
        return Item("func", name, text + f"def {name}():\n    return {name}_d(1)")

    def make_loose(self, module, names, name, at):
        """A statement that changes something made further up, perhaps in another module."""
        targets = [target for target in names.get("list", []) if "." not in target]
        if not targets:
            return self.make_const(module, names, name, at)
        return Item("loose", "", f"{self.rng.choice(targets)}.append({self.value(names)})")

    def make_import(self, module, names, name, at):
        position = self.position(module)
        earlier = self.modules[:position]
        if not earlier:
            return self.make_const(module, names, None, at)
        source = self.rng.choice(earlier)
        exported = [
            item for item in source.items if item.kind not in ("import", "loose", "comment")
        ]
        form = self.rng.randint(0, 4)
        if form == 0 or not exported:
            return Item("import", source.name, f"import {source.name}")
        if form == 1:
            alias = self.fresh("q")
            return Item("import", source.name, f"import {source.name} as {alias}")
        if form == 2:
            return Item("import", source.name, f"from {source.name} import *")
        chosen = self.rng.sample(exported, min(len(exported), self.rng.randint(1, 3)))
        parts = []
        for item in chosen:
            alias = f" as {self.fresh('z')}" if self.rng.random() < 0.3 else ""
            parts.append(item.name + alias)
        where = source.name
        if module.name.startswith("pkg.sub.") and where == "pkg.m2":
            where = "..m2"
        return Item("import", source.name, f"from {where} import {', '.join(parts)}")

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
