#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the files of schema/ into a C source: embed.py OUTPUT FILE...

Schema files become config_files[], installed.config becomes config_installed
(src/config/engine/files.h).
"""
import pathlib
import sys


def literal(data):
    """Bytes as C string literals, a line each."""
    def escape(byte):
        char = chr(byte)
        if char in '\\"':
            return "\\" + char
        return char if 32 <= byte < 127 else f"\\{byte:03o}"
    lines = data.splitlines(keepends=True)
    return "\n".join('\t"' + "".join(map(escape, line)) + '"' for line in lines)


def main():
    output, files = sys.argv[1], sorted(map(pathlib.Path, sys.argv[2:]))
    parts = ['#include "config/engine/files.h"']
    rows = []
    for path in files:
        symbol = "file_" + path.stem
        parts.append(f"static const char {symbol}[] =\n{literal(path.read_bytes())};")
        text = f"{{ {symbol}, sizeof({symbol}) - 1 }}"
        if path.name == "installed.config":
            parts.append(f"const struct text config_installed = {text};")
        else:
            rows.append(f'\t{{ "{path.name}", {text} }},')
    parts.append("const struct config_file config_files[] = {\n" + "\n".join(rows) + "\n};")
    parts.append(f"const size_t config_file_count = {len(rows)};")
    pathlib.Path(output).write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
