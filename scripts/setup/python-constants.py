# SPDX-License-Identifier: Apache-2.0
"""Prints the constants of a Python file (standard input) as JSON: those whose value is written out, and those made of them."""

import ast
import base64
import json
import sys


def json_encode(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def base64url_encode(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def printable(value):
    return value.decode() if isinstance(value, bytes) else str(value)


known = {"__builtins__": {}, "json_encode": json_encode, "base64url_encode": base64url_encode}


def is_written_out(value):
    """No `"A" * 800_000_000`, which a test of limits may have."""
    return not any(isinstance(node, (ast.Mult, ast.Pow, ast.LShift)) for node in ast.walk(value))


def collect(body, prefix, names):
    for statement in body:
        if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
            collect(statement.body, f"{prefix}{statement.name}.", dict(names))
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        if not is_written_out(statement.value):
            continue
        name = statement.targets[0].id
        try:
            names[name] = eval(compile(ast.Expression(statement.value), name, "eval"), names)
        except (NameError, AttributeError, TypeError):  # what is made by the library that the file tests
            continue
        constants[prefix + name] = names[name]


constants = {}
collect(ast.parse(sys.stdin.read()).body, "", known)
json.dump(constants, sys.stdout, default=printable)
