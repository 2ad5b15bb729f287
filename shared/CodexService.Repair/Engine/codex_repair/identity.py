"""Ids of tests, and of files whose import failed, which stand for all tests inside them."""

FAILED_IMPORT = "unittest.loader._FailedTest."


def group_prefix(test):
    """What the ids of the tests inside begin with, when the id stands for a file that could not be imported."""
    if test.startswith(FAILED_IMPORT):
        return test[len(FAILED_IMPORT):] + "."
    if "::" not in test and test.endswith(".py"):
        return test + "::"
    return None


def passes(test, outcomes):
    """Whether the test passed; a file passes when it brings tests and none of them fails."""
    prefix = group_prefix(test)
    if prefix is None or test in outcomes:
        return outcomes.get(test) == "passed"
    inside = [outcome for name, outcome in outcomes.items() if name.startswith(prefix) or ("." + prefix) in name]
    return bool(inside) and all(outcome in ("passed", "skipped") for outcome in inside)


def members(test, names):
    """The names of the tests that the id of a file stands for."""
    prefix = group_prefix(test)
    if prefix is None:
        return []
    return [name for name in names if name.startswith(prefix) or ("." + prefix) in name]
