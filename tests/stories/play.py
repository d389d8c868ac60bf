#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Plays one story: play.py BUILD FILE FUNCTION. tests/run.py starts one process for each.

Exit status 0: it ended well. 77: the kernel lacks what it needs. 1: it says what went wrong.
"""
import importlib.util
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from stage import Failure, Skip, Stage  # noqa: E402 (the path comes first)


def where(error, path):
    """The line of the story at which it went wrong."""
    lines = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    return f"{path.name}:{lines[-1].lineno}: {lines[-1].line}" if lines else path.name


def play(build, path, function):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    stage = Stage(build, f"{path.stem}.{function}")
    problems = []
    try:
        getattr(module, function)(stage)
    except Skip as skip:
        print(f"skipped: {skip}")
        stage.close()
        return 77
    except Failure as failure:
        problems.append(f"{where(failure, path)}\n{failure}")
    except BaseException as error:  # an interrupt too: what was started must be ended
        problems.append(f"{where(error, path)}\n" + "".join(traceback.format_exception(error)))
    problems += stage.close()
    if not problems:
        return 0
    print(stage.output_tails())
    print("\n".join(problems))
    return 1


if __name__ == "__main__":
    sys.exit(play(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]))
