# ruff: noqa: E501
"""The statements that the fuzz writes: each maker gives one item of a module."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

MODULES = ["m0", "m1", "pkg.m2", "pkg.sub.m3", "m4"]
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


class Makers:
    """Makes items of every kind with the names that are visible where they stand."""

    rng: random.Random
    modules: list[Module]

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
            f"def {name}_n(n):\n    def take(fn):\n        def wrapper(*a, **k):\n            return fn(*a, **k) + n + {extra}\n"
            f"        return wrapper\n    return take\n{name} = {name}_n({self.value(names)})",
            f"def {name}(fn):\n    try:\n        now = fn()\n    except TypeError:\n        now = {extra}\n"
            "    return lambda *a, **k: now",
            f"def {name}(fn):\n    def inner(v):\n        return v + {extra}\n    def wrapper(*a, **k):\n"
            "        return inner(fn(*a, **k))\n    return wrapper",
            f"{seen} = []\ndef {name}(fn):\n    def wrapper(*a, **k):\n        return fn(*a, **k) + {extra}\n"
            f"    {seen}.append(wrapper)\n    return wrapper",
            f"class {name}_o:\n    def __call__(self, fn):\n        return lambda *a, **k: fn(*a, **k) + {extra}\n"
            f"{name} = {name}_o()",
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
