"""Arguments of a command line as parameters."""

from collections.abc import Sequence

from halley.core.parameter import Value


def read_command(arguments: Sequence[str]) -> dict[str, Value]:
    """Read arguments: `--name value`, `--name=value`, `-n value`, `name=value` (as Hydra takes them), and flags.

    What has no name is `run_arg_1`, `run_arg_2` and so on. What looks like a number or a truth value is one.

    Example:
        >>> read_command(["train", "--lr", "0.1", "--deep", "-n=3", "model.depth=5", "--no-cache"])
        {'run_arg_1': 'train', 'lr': 0.1, 'deep': True, 'n': 3, 'model.depth': 5, 'no-cache': True}
    """
    found: dict[str, Value] = {}
    nameless = 0
    left = list(arguments)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        is_option = name.startswith("-") and name.strip("-") != "" and not _is_number(word)
        if is_option:
            if not equals and left and (not left[0].startswith("-") or _is_number(left[0])) and "=" not in left[0]:
                found[name.lstrip("-")] = _read(left.pop(0))
            else:
                found[name.lstrip("-")] = _read(value) if equals else True
        elif equals and name and not name[0].isdigit():
            found[name.lstrip("+~")] = _read(value)
        else:
            nameless += 1
            found[f"run_arg_{nameless}"] = word
    return found


def _read(text: str) -> Value:
    if text in {"True", "true"}:
        return True
    if text in {"False", "false"}:
        return False
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
