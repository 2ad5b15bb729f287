"""Replaces the code of functions that already exist, so that every reference to them sees the change.

``from x import y``, decorators, registries and bound methods keep pointing at the same function object; only its code
changes. A change that reaches beyond function bodies (constants of a module or class, default values, decorators)
or into a function that already ran while modules were imported cannot be swapped: the caller takes a cold fork then.
"""

import gc
from types import CodeType, FunctionType


class CannotSwap(Exception):
    pass


class LiveFunctions:
    """The functions of the workspace that exist in this process, by file, first line and name."""

    def __init__(self, workspace, ran_at_import):
        self.ran_at_import = {tuple(key) for key in ran_at_import}
        self.by_key = {}
        self.compiled = {}
        for item in gc.get_objects():
            if type(item) is FunctionType and item.__code__.co_filename.startswith(workspace):
                self.by_key.setdefault(key_of(item.__code__), []).append(item)

    def compile(self, path, text):
        code = self.compiled.get((path, text))
        if code is None:
            code = self.compiled[path, text] = compile(text, path, "exec", dont_inherit=True)
        return code

    def swap(self, path, old_text, new_text):
        old = self.compile(path, old_text)
        new = compile(new_text, path, "exec", dont_inherit=True)
        for old_function, new_function in changed_functions(old, new):
            self.swap_function(old_function, new_function)

    def swap_function(self, old, new):
        key = key_of(old)
        if key in self.ran_at_import:
            raise CannotSwap("ran while modules were imported")
        functions = self.by_key.get(key)
        if not functions:
            raise CannotSwap("no such function alive")
        if len({id(function.__code__) for function in functions}) > 1:
            raise CannotSwap("several functions begin on that line")
        for function in functions:
            if len(function.__code__.co_freevars) != len(new.co_freevars):
                raise CannotSwap("the closure changed")
            if function.__code__.co_freevars != new.co_freevars:
                raise CannotSwap("the closure changed")
            function.__code__ = new
        old_nested, new_nested = nested(old), nested(new)
        for index, inner in enumerate(old_nested):
            if key_of(inner) in self.by_key:
                if len(old_nested) != len(new_nested):
                    raise CannotSwap("an inner function is alive")
                self.swap_function(inner, new_nested[index])


def key_of(code):
    return (code.co_filename, code.co_firstlineno, code.co_name)


def nested(code):
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def same_outside_nested(old, new):
    def facts(code):
        constants = tuple((type(value), repr(value)) for value in code.co_consts if not isinstance(value, CodeType))
        return (code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars,
                code.co_flags, code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount)

    return facts(old) == facts(new) and len(nested(old)) == len(nested(new))


def changed_functions(old, new):
    """Pairs of the outermost functions whose code differs."""
    if not same_outside_nested(old, new):
        if not old.co_flags & 1:
            raise CannotSwap("the change is outside functions")
        return [(old, new)]
    pairs = []
    for inner_old, inner_new in zip(nested(old), nested(new)):
        try:
            pairs += changed_functions(inner_old, inner_new)
        except CannotSwap:
            if not old.co_flags & 1:
                raise
            return [(old, new)]
    if pairs and old.co_flags & 1:
        return [(old, new)]
    return pairs
