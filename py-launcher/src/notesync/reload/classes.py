"""Giving a live class the content of a newer one without changing its identity.

Old instances, subclasses, `isinstance`, pickles and registries then go on working. Where Python
does not
allow it (another layout), the caller replaces the class and moves its instances over.
"""

from __future__ import annotations

import enum
import functools
import sys
import types
from typing import Any

from notesync.reload import abstract as abstract_classes
from notesync.reload.patch import forward, patch_function, reconcile
from notesync.reload.undo import MISSING, Undo

_OWN = frozenset({"__dict__", "__weakref__", "__module__", "__slots__", "_abc_impl"})
_SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType)


class ClassPatch:
    """One patch of an old class with a new one."""

    def __init__(
        self,
        old: type,
        new: type,
        keep: set[str],
        removed: set[str],
        undo: Undo,
        unchanged: set[str] | frozenset[str] = frozenset(),
    ) -> None:
        self.old, self.new, self.undo = old, new, undo
        self.unchanged = unchanged
        self.keep = keep
        self.removed = removed
        self.notes: list[str] = []

    # -- decisions ----------------------------------------------------------------------------

    def same_layout(self) -> bool:
        """True when instances of both look alike in memory."""
        old, new = self.old, self.new
        return (
            old.__basicsize__ == new.__basicsize__
            and old.__itemsize__ == new.__itemsize__
            and old.__dictoffset__ == new.__dictoffset__
            and old.__weakrefoffset__ == new.__weakrefoffset__
            and _slots(old) == _slots(new)
        )

    def apply(self) -> bool:
        """Patch in place. False, with nothing changed, when the class must be replaced."""
        old, new = self.old, self.new
        if not self.same_layout():
            return False
        if type(old) is not type(new):
            try:
                self.undo.set_attr(old, "__class__", type(new))
            except TypeError:
                return False
        bases = tuple(old if base is new else base for base in new.__bases__)
        if old.__bases__ != bases:
            before = old.__bases__
            try:
                old.__bases__ = bases
            except TypeError:
                return False
            self.undo.add(lambda: setattr(old, "__bases__", before))
        if issubclass(old, enum.Enum):
            self._members()
        self._attributes()
        self._finish()
        return True

    # -- attributes ---------------------------------------------------------------------------

    def _attributes(self) -> None:
        mine, theirs = dict(self.old.__dict__), dict(self.new.__dict__)
        skip = _OWN | (self._enum_names if issubclass(self.old, enum.Enum) else frozenset())
        for name, value in theirs.items():
            if name in skip or isinstance(value, _SLOTS):
                continue
            present = mine.get(name, MISSING)
            if name in self.keep and present is not MISSING and _is_state(present, value):
                continue
            if self._is_foreign(present):
                if name not in self.unchanged:
                    self._adopt(value)
                    self.put(name, value)
                continue
            self.put(name, self.merged(present, value))
        for name, present in mine.items():
            if name in theirs or name in skip or isinstance(present, _SLOTS):
                continue
            dunder = name.startswith("__") and name.endswith("__")
            if name in self.removed or dunder:
                self.put(name, MISSING)

    @staticmethod
    def _is_foreign(present: Any) -> bool:
        """A function that somebody has put into the class, and that is its own besides."""
        if not isinstance(present, types.FunctionType) or "." in present.__qualname__:
            return False
        module = getattr(sys.modules.get(present.__module__), "__dict__", {})
        return present.__module__ == "__main__" or module.get(present.__name__) is present

    def merged(self, present: Any, value: Any) -> Any:
        """The value of one attribute: the old object where it can be given the new behaviour."""
        self._adopt(value)
        if present is MISSING or present is value:
            return value
        if isinstance(present, types.FunctionType) and isinstance(value, types.FunctionType):
            if patch_function(present, value, self.undo):
                return present
            forward(present, value, self.undo)
            return value
        if isinstance(present, type) and isinstance(value, type):
            if (
                present.__qualname__ == value.__qualname__
                and value.__module__ == self.new.__module__
            ):
                inner = ClassPatch(present, value, set(), set(), self.undo)
                if inner.apply():
                    return present
            return value
        if type(present) is type(value) and isinstance(present, (staticmethod, classmethod)):
            inner_old, inner_new = present.__func__, value.__func__
            if (
                isinstance(inner_old, types.FunctionType)
                and isinstance(inner_new, types.FunctionType)
                and patch_function(inner_old, inner_new, self.undo)
            ):
                return present
            return value
        if isinstance(present, property) and isinstance(value, property):
            for name in ("fget", "fset", "fdel"):
                mine, theirs = getattr(present, name), getattr(value, name)
                if isinstance(mine, types.FunctionType) and isinstance(theirs, types.FunctionType):
                    patch_function(mine, theirs, self.undo)
            return value
        if isinstance(present, types.FunctionType) or hasattr(present, "cache_clear"):
            return reconcile(present, value, self.undo) if callable(value) else value
        return value

    def _adopt(self, value: Any, depth: int = 0) -> None:
        """Make zero-argument `super()` in functions of the new class mean the old class."""
        if depth > 6:
            return
        if isinstance(value, types.FunctionType):
            for cell in value.__closure__ or ():
                try:
                    content = cell.cell_contents
                except ValueError:
                    continue
                if content is self.new:
                    self.undo.set_attr(cell, "cell_contents", self.old)
                elif isinstance(content, types.FunctionType):
                    self._adopt(content, depth + 1)
            wrapped = value.__dict__.get("__wrapped__")
            if wrapped is not None:
                self._adopt(wrapped, depth + 1)
        elif isinstance(value, (staticmethod, classmethod, types.MethodType)):
            self._adopt(value.__func__, depth + 1)
        elif isinstance(value, property):
            for each in (value.fget, value.fset, value.fdel):
                self._adopt(each, depth + 1)
        else:
            for name in ("func", "__wrapped__"):
                inner = getattr(type(value), name, None) and getattr(value, name, None)
                if isinstance(inner, types.FunctionType):
                    self._adopt(inner, depth + 1)

    def put(self, name: str, value: Any) -> None:
        """Set or, with MISSING, delete an attribute of the old class."""
        old = self.old
        present = old.__dict__.get(name, MISSING)
        if value is present:
            return
        if name == "__annotations__" and "__annotate__" in self.new.__dict__:
            return  # computed from __annotate__
        if value is MISSING:
            type.__delattr__(old, name)
        else:
            type.__setattr__(old, name, value)

        def back() -> None:
            if present is MISSING:
                type.__delattr__(old, name)
            else:
                type.__setattr__(old, name, present)

        self.undo.add(back)

    def _finish(self) -> None:
        old, new = self.old, self.new
        if "__pydantic_core_schema__" in new.__dict__:
            # its compiled validator makes instances of the class that it was compiled for
            old.model_rebuild(force=True, raise_errors=False)  # type: ignore[attr-defined]
        for name in ("__module__", "__qualname__"):
            if getattr(old, name) != getattr(new, name):
                self.undo.set_attr(old, name, getattr(new, name))
        abstract_classes.take_over(old, new)
        abstract = getattr(new, "__abstractmethods__", MISSING)
        present = getattr(old, "__abstractmethods__", MISSING)
        if abstract != present and (abstract is not MISSING):
            if present is MISSING:
                self.undo.add(lambda: delattr(old, "__abstractmethods__"))
                old.__abstractmethods__ = abstract  # type: ignore[attr-defined]
            else:
                self.undo.set_attr(old, "__abstractmethods__", abstract)

    # -- enumerations -------------------------------------------------------------------------

    def _members(self) -> None:
        """Members keep their identity by name; plain ones take a changed value in place."""
        old: Any = self.old
        new: Any = self.new
        undo = self.undo
        names = set(old._member_map_) | set(new._member_map_)
        internal = {
            name
            for name in new.__dict__
            if name.startswith("_") and name.endswith("_") and not name.startswith("__")
        }
        self._enum_names = frozenset(
            names | {"_member_map_", "_member_names_", "_value2member_map_"} | set()
        )
        del internal
        members: dict[str, Any] = {}
        by_identity: dict[int, Any] = {}
        for name, theirs in new._member_map_.items():
            if id(theirs) in by_identity:  # an alias of a member seen before
                members[name] = by_identity[id(theirs)]
                continue
            mine = old._member_map_.get(name)
            if mine is None or mine._name_ != theirs._name_:
                mine = self._move(theirs)
            elif mine._value_ != theirs._value_ or type(mine._value_) is not type(theirs._value_):
                if old._member_type_ is object:
                    undo.snapshot(mine)
                    mine._value_ = theirs._value_
                else:
                    mine = self._move(theirs)
                    self.notes.append(f"{old.__name__}.{name} is a new object (its value changed)")
            if mine is not theirs:
                undo.snapshot(mine)
                for key, value in vars(theirs).items():
                    if key not in ("__objclass__",):
                        mine.__dict__[key] = value
            by_identity[id(theirs)] = members[name] = mine
        for name in set(old._member_map_) - set(members):
            self.notes.append(f"{old.__name__}.{name} no longer exists; held objects stay")
            if name in old.__dict__:
                self.put(name, MISSING)
        for name, member in members.items():
            raw = new.__dict__.get(name)
            if raw is None:
                continue
            if isinstance(raw, old):
                self.put(name, member)
            elif name not in old.__dict__ or old._member_map_.get(name) is not member:
                if hasattr(raw, "member"):
                    raw.member = member
                self.put(name, member if raw is new._member_map_.get(name) else raw)
        values = {
            value: by_identity.get(id(member), member)
            for value, member in new._value2member_map_.items()
        }
        if all(members.get(name) is mine for name, mine in old._member_map_.items()):
            for value, member in old._value2member_map_.items():
                if isinstance(member, enum.Flag):
                    values.setdefault(value, member)  # combinations that are held
        for attribute, content in (("_member_map_", members), ("_value2member_map_", values)):
            target = getattr(old, attribute)
            undo.snapshot(target)
            target.clear()
            target.update(content)
        undo.snapshot(old._member_names_)
        old._member_names_[:] = new._member_names_
        for name in ("_unhashable_values_", "_hashable_values_"):
            if name in new.__dict__:
                self.put(name, new.__dict__[name])

    def _move(self, member: Any) -> Any:
        """Make a member of the new class one of the old class."""
        member.__class__ = self.old
        if hasattr(member, "__objclass__"):
            member.__objclass__ = self.old
        return member

    _enum_names: frozenset[str] = frozenset()


def _slots(cls: type) -> tuple[str, ...]:
    return tuple(
        sorted(
            name
            for name, value in cls.__dict__.items()
            if isinstance(value, types.MemberDescriptorType)
        )
    )


def _is_state(present: Any, value: Any) -> bool:
    """Data that may have changed since the class was made, as opposed to behaviour."""
    behaviour = (types.FunctionType, type, property, staticmethod, classmethod)
    return not isinstance(present, behaviour) and not isinstance(value, behaviour)


def patch_methods_only(old: type, new: type, undo: Undo) -> None:
    """Give a class that had to be replaced, and its heirs, at least the new methods."""
    for name, value in new.__dict__.items():
        if not isinstance(value, types.FunctionType) or "__class__" in value.__code__.co_freevars:
            continue
        present = old.__dict__.get(name, MISSING)
        if isinstance(present, types.FunctionType):
            patch_function(present, value, undo)
        elif present is MISSING:
            type.__setattr__(old, name, value)
            undo.add(functools.partial(type.__delattr__, old, name))


def replace_class(old: type, new: type, undo: Undo) -> list[str]:
    """Move every instance of `old` over to `new`. Returns what could not be moved."""
    from notesync.reload.heap import instances_of

    stuck = 0
    for item in instances_of(old):
        try:
            undo.set_attr(item, "__class__", new)
        except TypeError:
            stuck += 1
    derived: list[type] = old.__subclasses__()
    heirs = [cls.__qualname__ for cls in derived if not _rebase(cls, old, new, undo)]
    if not stuck and not heirs:
        return []
    patch_methods_only(old, new, undo)
    notes = []
    if stuck:
        notes.append(
            f"{stuck} instance{'s' if stuck > 1 else ''} of {old.__qualname__} made before "
            "stay as they are (their memory layout differs)"
        )
    if heirs:
        notes.append(f"{', '.join(heirs)}: derived before, of the old memory layout")
    return notes


def _rebase(cls: type, old: type, new: type, undo: Undo) -> bool:
    """Give a subclass of the old class the new one as its base. False when it cannot be."""
    try:
        undo.set_attr(cls, "__bases__", tuple(new if b is old else b for b in cls.__bases__))
    except TypeError:
        return False
    return True
