"""Strings that fit a regular expression: for the token formats other scanners publish, read at run time."""
import re
import re._constants as sre
import re._parser as parser

REST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def secret_of(pattern, group, chance):
    """A string that fits the group that holds the secret (the first one, if there are any)."""
    pattern = pattern.replace(r"\z", "$").replace(r"\x60", "`").replace("(?P<", "(?P<")
    # Flags in the middle are allowed elsewhere, not here.
    pattern = re.sub(r"\(\?[imsU-]+\)", "", pattern)
    tree = parser.parse(pattern)
    found = [part for part in walk(tree) if part[0] is sre.SUBPATTERN and part[1][0] is not None]
    if found:
        chosen = next((p for p in found if p[1][0] == group), found[0])
        return made(chosen[1][3], chance)
    return made(tree, chance).strip()


def walk(tree):
    for op, args in tree:
        yield op, args
        if op is sre.SUBPATTERN:
            yield from walk(args[3])
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            yield from walk(args[2])
        elif op is sre.BRANCH:
            for branch in args[1]:
                yield from walk(branch)


def made(tree, chance):
    out = []
    for op, args in tree:
        if op is sre.LITERAL:
            out.append(chr(args))
        elif op is sre.NOT_LITERAL or op is sre.ANY:
            out.append(chance.choice(REST))
        elif op is sre.IN:
            out.append(chance.choice(members(args)))
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            low, high, inner = args
            high = low + 12 if high is sre.MAXREPEAT else min(high, low + 60)
            out.append("".join(made(inner, chance) for _ in range(chance.randint(low, max(low, high)))))
        elif op is sre.SUBPATTERN:
            out.append(made(args[3], chance))
        elif op is sre.BRANCH:
            out.append(made(chance.choice(args[1]), chance))
        elif op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            pass
        else:
            raise ValueError(str(op))
    return "".join(out)


def members(args):
    chars = []
    negated = args and args[0][0] is sre.NEGATE
    for op, value in args:
        if op is sre.LITERAL:
            chars.append(chr(value))
        elif op is sre.RANGE:
            chars += [chr(c) for c in range(value[0], min(value[1], 126) + 1)]
        elif op is sre.CATEGORY:
            chars += list(REST + "_" if value is sre.CATEGORY_WORD else REST[-10:] if value is sre.CATEGORY_DIGIT else REST)
    if negated:
        chars = [c for c in REST if c not in chars]
    chars = chars or list(REST)
    if any(c in "[]" for c in chars):  # a class in a dialect of its own, [[:alnum:]]
        chars = list(REST)
    plain = [c for c in chars if c.isalnum() or c in "-_.=+/~%:|$!@#^&*,"]
    return plain or chars
