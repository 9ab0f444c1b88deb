"""Finding live objects: first by a walk near the module, by a pass over the heap only when that is
proven incomplete.

The proof is a reference count. A module's dict is referred to by its module and by every function
that
runs in it; when the walk has found as many functions as there are references, no other exists.
"""

from __future__ import annotations

import functools
import gc
import sys
import types
import weakref
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from notesync.reload.undo import MISSING, isa

_CONTAINERS = (
    dict,
    list,
    tuple,
    set,
    frozenset,
    deque,
    OrderedDict,
    defaultdict,
    types.MappingProxyType,
)
_WRAPPED = ("__wrapped__", "__func__", "fget", "fset", "fdel", "func", "_method", "dispatcher")
_LRU: Any = type(functools.lru_cache(lambda: None))
_ATOMS = (int, float, complex, str, bytes, bool, type(None), tuple, frozenset)
_BIG = 10_000


def is_lru(value: object) -> bool:
    """The object that `functools.lru_cache` returns."""
    return isa(value, _LRU)


def _count(target: dict[str, Any]) -> int:
    return sys.getrefcount(target)


def _baseline() -> int:
    """References to a module's dict, as `_count` sees them, when no function exists."""
    module = types.ModuleType("notesync_probe")
    return _count(module.__dict__)


def functions_of(module: types.ModuleType) -> list[types.FunctionType]:
    """Every live function that runs in the module's namespace, wherever it is held."""
    found = list(_walk(module))
    if len(found) >= _count(module.__dict__) - _baseline():
        return found
    known = {id(function) for function in found}
    space = module.__dict__
    for referrer in gc.get_referrers(space):
        if (
            isinstance(referrer, types.FunctionType)
            and id(referrer) not in known
            and referrer.__globals__ is space
        ):
            found.append(referrer)
    return found


def _walk(module: types.ModuleType) -> Iterator[types.FunctionType]:
    """The functions of the module that its own values lead to."""
    space, name = module.__dict__, module.__name__
    seen: set[int] = {id(space)}
    stack: list[tuple[Any, int]] = [(value, 0) for value in list(space.values())]
    while stack:
        value, depth = stack.pop()
        if id(value) in seen or depth > 12:
            continue
        kind = type(value)
        if kind in (int, str, float, bool, bytes, type(None), types.ModuleType, types.CodeType):
            continue
        seen.add(id(value))
        if kind is types.FunctionType:
            if value.__globals__ is space:
                yield value
            elif depth > 2:
                continue
        try:
            children = _children(value, name)
        except Exception:
            continue  # an object that does not like to be looked at
        stack += [(child, depth + 1) for child in children]


def _children(value: Any, module: str) -> list[Any]:
    """The objects next to a value in which functions of a module may be."""
    kind = type(value)
    if kind is types.FunctionType:
        found = [*value.__dict__.values(), *(value.__defaults__ or ())]
        found += (value.__kwdefaults__ or {}).values()
        for cell in value.__closure__ or ():
            try:
                found.append(cell.cell_contents)
            except ValueError:
                continue
        return found
    if isa(value, type):
        return list(value.__dict__.values()) if value.__module__ == module else []
    if isa(value, _CONTAINERS):
        if len(value) > _BIG:
            return []
        return list(value.values() if hasattr(value, "values") else value)
    inner = [_plain_attribute(value, attribute) for attribute in _WRAPPED]
    found = [each for each in inner if each is not None]
    if kind is functools.partial:
        found += [*value.args, *value.keywords.values()]
    fields = getattr(value, "__dict__", None)
    if type(fields) is dict and len(fields) <= 200:
        found += fields.values()
    return found


def _plain_attribute(value: object, name: str) -> object | None:
    """An attribute of a descriptor or wrapper, without running any `__getattr__` of the user's."""
    if not (
        isa(
            value,
            (
                property,
                staticmethod,
                classmethod,
                types.MethodType,
                functools.partial,
                functools.cached_property,
            ),
        )
        or is_lru(value)
    ):
        return None
    return getattr(value, name, None)


def remembers(value: Any, depth: int = 0) -> bool:
    """Whether a wrapper made by a decorator may hold results of the function that it wraps."""
    if not isa(value, types.FunctionType):
        return not isa(value, (staticmethod, classmethod, property))
    held = []
    for cell in value.__closure__ or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:
            continue
    of_wrapped = getattr(value.__dict__.get("__wrapped__"), "__dict__", {})
    if any(
        isa(content, (dict, list, set)) and content and of_wrapped.get(name) is not content
        for name, content in value.__dict__.items()
    ):
        return True
    for content in held:
        if isa(content, types.FunctionType):
            if depth < 5 and remembers(content, depth + 1):
                return True
        elif not isa(content, (*_ATOMS, type, types.ModuleType, types.BuiltinFunctionType)):
            return True
    return False


# -- objects that were replaced ---------------------------------------------------------------


def is_private(cls: Any, known: int = 0) -> bool:
    """True when nothing but the class (or function) itself and its own parts refers to it.

    `known` holders do not count. Decides whether something made during a reload was captured by
    anyone (a registry, a decorator).
    """
    if not isa(cls, type):
        return sys.getrefcount(cls) <= _FUNCTION_BASE
    parts: list[Any] = [cls.__mro__, *cls.__dict__.values()]
    seen: set[int] = {id(cls)}
    inner = 0
    while parts:
        part = parts.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, types.FunctionType):
            parts += part.__closure__ or ()
            parts += part.__dict__.values()
            continue
        if isinstance(part, (property, staticmethod, classmethod)):
            parts += [p for p in (_plain_attribute(part, n) for n in _WRAPPED) if p is not None]
            continue
        if isinstance(
            part, (tuple, types.CellType, types.GetSetDescriptorType, types.MemberDescriptorType)
        ):
            children = gc.get_referents(part)
            inner += sum(1 for child in children if child is cls)
            parts += [c for c in children if isinstance(c, types.FunctionType)]
            del children  # it would count as a reference
    return sys.getrefcount(cls) - _CLASS_BASE - known <= inner


def _class_base() -> int:
    """References that `is_private` itself and its caller hold to a class that nobody else has."""
    probe = type("Probe", (), {})

    def measure(cls: type) -> int:
        inner = sum(
            1
            for part in [cls.__mro__, *cls.__dict__.values()]
            if isinstance(part, (tuple, types.GetSetDescriptorType))
            for child in gc.get_referents(part)
            if child is cls
        )
        return sys.getrefcount(cls) - inner

    return measure(probe)


def _function_base() -> int:
    def probe() -> None:
        return None

    def measure(function: Any) -> int:
        return sys.getrefcount(function)

    return measure(probe)


_CLASS_BASE = _class_base()
_FUNCTION_BASE = _function_base()


def reweak(temporary: Any, stays: Any) -> None:
    """Weak sets and dictionaries that a temporary class or function is in get the lasting one."""
    for ref in weakref.getweakrefs(temporary):
        for holder in gc.get_referrers(ref):
            try:
                if isa(holder, set):
                    holder.discard(ref)
                    holder.add(weakref.ref(stays, ref.__callback__))
                elif isa(holder, dict):
                    _reweak_dict(holder, ref, stays)
            except Exception:
                continue


def _reweak_dict(holder: dict[Any, Any], ref: Any, stays: Any) -> None:
    for key, value in list(holder.items()):
        if value is ref and isa(ref, weakref.KeyedRef):
            holder[key] = weakref.KeyedRef(stays, ref.__callback__, ref.key)
        if key is ref:
            del holder[key]
            holder[weakref.ref(stays, ref.__callback__)] = value


def retarget(
    undo: Any,
    replaced: list[tuple[Any, Any]],
    skip: Iterable[Any] = (),
    copies: Mapping[int, dict[Any, Any]] = types.MappingProxyType({}),
) -> None:
    """Make everything that refers to the first of each pair refer to the second. One heap pass.

    Containers, instance fields, closure cells, bases of subclasses and bound methods are reached;
    what C code holds on to is not.
    """
    if not replaced:
        return
    to = {id(old): new for old, new in replaced}
    avoid = {id(old) for old, _ in replaced} | {id(replaced), id(to)}
    avoid |= {id(item) for item in skip} | {id(pair) for pair in replaced}
    for holder in gc.get_referrers(*(old for old, _ in replaced)):
        if id(holder) in avoid or isinstance(holder, types.FrameType):
            continue
        try:
            if isinstance(holder, dict):
                _retarget_keys(holder, to, copies.get(id(holder)))
            _retarget_one(undo, holder, to)
        except Exception:
            continue


def swap_in(undo: Any, register: Any, new: Any, old: Any) -> None:
    """Put a lasting object in the place of a temporary one, in one container."""
    if len(register) <= _BIG:
        _retarget_one(undo, register, {id(new): old})


def _retarget_keys(
    holder: dict[Any, Any], to: dict[int, Any], before: dict[Any, Any] | None
) -> None:
    """What has registered itself under another key is under the old one no longer."""
    if before is None:
        return
    for key, value in list(holder.items()):
        stays = to.get(id(value))
        if stays is None or key in before:
            continue
        former = next((k for k, v in holder.items() if v is stays and before.get(k) is v), None)
        if former is not None:
            content = [(key if k == former else k, v) for k, v in holder.items() if k != key]
            holder.clear()
            holder.update(content)


def _retarget_one(undo: Any, holder: Any, to: dict[int, Any]) -> None:
    if isinstance(holder, dict):
        for key, value in list(holder.items()):
            if id(value) in to:
                undo.set_item(holder, key, to[id(value)])
            if id(key) in to:
                value = holder[key]
                undo.set_item(holder, key, MISSING)
                undo.set_item(holder, to[id(key)], value)
    elif isinstance(holder, list):
        undo.snapshot(holder)
        present = {id(item) for item in holder}
        content = []
        for item in holder:
            new = to.get(id(item), item)
            if new is item or id(new) not in present:
                content.append(new)
        holder[:] = content
    elif isinstance(holder, set):
        undo.snapshot(holder)
        for item in list(holder):
            if id(item) in to:
                holder.discard(item)
                holder.add(to[id(item)])
    elif isinstance(holder, types.CellType):
        if id(holder.cell_contents) in to:
            undo.set_attr(holder, "cell_contents", to[id(holder.cell_contents)])
    elif isinstance(holder, type):
        bases = tuple(to.get(id(base), base) for base in holder.__bases__)
        if bases != holder.__bases__:
            undo.set_attr(holder, "__bases__", bases)
    elif isinstance(holder, types.FunctionType):
        for name in ("__defaults__", "__kwdefaults__"):
            value = getattr(holder, name)
            if isa(value, tuple) and any(id(item) in to for item in value):
                undo.set_attr(holder, name, tuple(to.get(id(item), item) for item in value))
    elif isinstance(holder, tuple):
        _retarget_tuple(undo, holder, to)
    elif isinstance(holder, functools.partial):
        partial: Any = holder
        before: Any = partial.__reduce__()[2]
        function, arguments, keywords, fields = before
        state = (
            to.get(id(function), function),
            tuple(to.get(id(item), item) for item in arguments),
            {key: to.get(id(item), item) for key, item in keywords.items()},
            fields,
        )
        undo.add(lambda: partial.__setstate__(before))
        partial.__setstate__(state)
    else:
        # Python 3.11 and newer keep instance fields outside a dict until it is asked for
        fields = getattr(holder, "__dict__", None)
        if isinstance(fields, dict):
            for key, value in list(fields.items()):
                if id(value) in to:
                    undo.set_item(fields, key, to[id(value)])


def _retarget_tuple(undo: Any, holder: tuple[Any, ...], to: dict[int, Any]) -> None:
    """A tuple cannot be changed; those who hold it can (defaults, bases, dict values)."""
    if type(holder) is not tuple:
        return
    new = tuple(to.get(id(item), item) for item in holder)
    for above in gc.get_referrers(holder):
        if isinstance(above, dict):
            for key, value in list(above.items()):
                if value is holder:
                    undo.set_item(above, key, new)
        elif isinstance(above, types.FunctionType) and above.__defaults__ is holder:
            undo.set_attr(above, "__defaults__", new)
        elif isinstance(above, type) and above.__bases__ is holder:
            undo.set_attr(above, "__bases__", new)


def instances_of(cls: type) -> list[Any]:
    """Every live object whose class is exactly `cls`."""
    return [item for item in gc.get_referrers(cls) if type(item) is cls]
